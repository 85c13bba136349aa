import { useState, type FormEvent } from "react";

import { useChange } from "../client/change";
import { useWalletClient } from "../client/client";
import { graphql, readFragment } from "../graphql";
import type { Method_MethodFragment } from "../graphql/graphql";
import { walletFragment } from "../methods/wallet";
import { useAnnounce } from "../page/Announcer";
import { Choice } from "../page/Choice";
import { ProblemNote } from "../page/ProblemNote";
import { Buttons } from "./Buttons";

const keepOne = graphql(`
  mutation KeepOne($input: AttachPaymentMethodInput!) {
    attachPaymentMethod(input: $input) {
      customer {
        ...Wallet_customer
      }
      errors {
        code
        message
        path
      }
    }
  }
`);

interface Props {
  group: readonly Method_MethodFragment[];
  onClose: () => void;
}

/**
 * Keeps one of several equal methods, which takes over what the others were for. Attaching the method again with
 * REPLACE_EXISTING does it all in one mutation.
 */
export function ResolveDuplicates({ group, onClose }: Props) {
  const { customerId } = useWalletClient();
  const announce = useAnnounce();
  const { send, isSending, problem } = useChange(keepOne, (data) => data.attachPaymentMethod);
  const [kept, setKept] = useState(group[0]?.id ?? "");
  async function submit(event: FormEvent) {
    event.preventDefault();
    const policies = { onDuplicate: "REPLACE_EXISTING", moveSubscriptions: "REPLACED" } as const;
    const payload = await send({ customerId, paymentMethodId: kept, ...policies });
    if (!payload) return;
    const left = readFragment(walletFragment, payload.customer)?.paymentMethods.nodes.map(({ id }) => id);
    const removed = group.filter(({ id }) => id !== kept && !left?.includes(id)).length;
    announce(removed ? `${removed} removed, one kept.` : "They look alike, but are not the same. Nothing was removed.");
    onClose();
  }
  return (
    <form onSubmit={submit}>
      <p>The one that you keep becomes the default if another one was, and takes over the subscriptions.</p>
      <Choice
        legend="Keep"
        name="kept"
        options={group.map(({ id, displayLabel, subscriptions }, index) => ({
          value: id,
          label: displayLabel,
          hint: [index ? "added earlier" : "the newest", ...(subscriptions.length ? ["pays for subscriptions"] : [])].join(", "),
        }))}
        value={kept}
        onChange={setKept}
      />
      <ProblemNote problem={problem} />
      <Buttons action="Keep this one" isSending={isSending} onCancel={onClose} />
    </form>
  );
}
