import { useState, type FormEvent } from "react";

import { useChange } from "../client/change";
import { useWalletClient } from "../client/client";
import type { Method_MethodFragment, SubscriptionsToMove } from "../graphql/graphql";
import { useAnnounce } from "../page/Announcer";
import { Choice } from "../page/Choice";
import { ProblemNote } from "../page/ProblemNote";
import { Buttons } from "./Buttons";
import { setDefault } from "./mutations";

interface Props {
  method: Method_MethodFragment;
  others: readonly Method_MethodFragment[];
  onClose: () => void;
}

const CHOICES: readonly { value: SubscriptionsToMove; label: string; hint: string }[] = [
  { value: "NONE", label: "Leave them", hint: "Only those that follow the default change with it." },
  { value: "REPLACED", label: "Move those of the previous default", hint: "The others keep their payment method." },
  { value: "ALL", label: "Move all", hint: "This payment method then pays for everything." },
];

/** Makes a method the default, with or without the subscriptions. */
export function ChangeDefault({ method, others, onClose }: Props) {
  const { customerId } = useWalletClient();
  const announce = useAnnounce();
  const { send, isSending, problem } = useChange(setDefault, (data) => data.setDefaultPaymentMethod);
  const [moveSubscriptions, setMoved] = useState<SubscriptionsToMove>("NONE");
  async function submit(event: FormEvent) {
    event.preventDefault();
    if (await send({ customerId, paymentMethodId: method.id, moveSubscriptions })) {
      announce(`${method.displayLabel} is now the default.`);
      onClose();
    }
  }
  const hasSubscriptions = others.some(({ subscriptions }) => subscriptions.length);
  return (
    <form onSubmit={submit}>
      <p>The next payments use the default, unless another method is chosen.</p>
      {hasSubscriptions && (
        <Choice
          legend="Subscriptions that use another method"
          name="subscriptions"
          options={CHOICES}
          value={moveSubscriptions}
          onChange={setMoved}
        />
      )}
      <ProblemNote problem={problem} />
      <Buttons action="Make default" isSending={isSending} onCancel={onClose} />
    </form>
  );
}
