import { useState, type FormEvent } from "react";

import { useChange } from "../client/change";
import type { Method_MethodFragment } from "../graphql/graphql";
import { useAnnounce } from "../page/Announcer";
import { Choice } from "../page/Choice";
import { ProblemNote } from "../page/ProblemNote";
import { Buttons } from "./Buttons";
import { detach } from "./mutations";
import { RemoveUsedMethod } from "./RemoveUsedMethod";

type Method = Method_MethodFragment;

interface Props {
  group: readonly Method[];
  defaultId: string | undefined;
  onClose: () => void;
}

/** Keeps one of several equal methods. If another one is in use, the kept one takes over what it is for. */
export function ResolveDuplicates({ group, defaultId, onClose }: Props) {
  const announce = useAnnounce();
  const { send, isSending, problem } = useChange(detach, (data) => data.detachPaymentMethod);
  const [kept, setKept] = useState(() => mostUsed(group, defaultId).id);
  const [refused, setRefused] = useState<Method>();
  async function submit(event: FormEvent) {
    event.preventDefault();
    for (const other of group.filter(({ id }) => id !== kept)) {
      if (!(await send({ paymentMethodId: other.id, unlessInUse: true }))) return setRefused(other);
    }
    announce(`One ${group[0]?.displayLabel} is left.`);
    onClose();
  }
  if (refused && problem?.code === "IN_USE") {
    const others = group.filter(({ id }) => id === kept);
    return <RemoveUsedMethod method={refused} use={problem} {...{ others, defaultId, onClose }} />;
  }
  return (
    <form onSubmit={submit}>
      <p>They have the same last digits and expiry date. The others are removed permanently.</p>
      <Choice
        legend="Keep"
        name="kept"
        options={group.map((method, index) => ({
          value: method.id,
          label: method.displayLabel,
          hint: hintOf(method, method.id === defaultId, index),
        }))}
        value={kept}
        onChange={setKept}
      />
      <ProblemNote problem={problem} />
      <Buttons action="Keep this one" isSending={isSending} onCancel={onClose} />
    </form>
  );
}

/** The one whose removal would change most. */
function mostUsed(group: readonly Method[], defaultId: string | undefined): Method {
  const weight = ({ id, subscriptions }: Method) => (id === defaultId ? 1000 : 0) + subscriptions.length;
  return group.reduce((best, method) => (weight(method) > weight(best) ? method : best));
}

function hintOf({ subscriptions }: Method, isDefault: boolean, index: number): string {
  const hints = [index ? "Added earlier" : "The newest", isDefault && "the default"];
  return [...hints, subscriptions.length > 0 && "pays for subscriptions"].filter(Boolean).join(", ");
}
