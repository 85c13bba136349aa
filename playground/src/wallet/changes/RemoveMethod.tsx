import { useState, type FormEvent } from "react";

import { useChange, type Problem } from "../client/change";
import { useAnnounce } from "../page/Announcer";
import { ProblemNote } from "../page/ProblemNote";
import { Buttons } from "./Buttons";
import { detach } from "./mutations";
import { RemoveUsedMethod, type RemoveProps } from "./RemoveUsedMethod";

/** Removes a method. If it is in use, a second step offers what can be done about it. */
export function RemoveMethod(props: RemoveProps) {
  const { method, onClose } = props;
  const announce = useAnnounce();
  const { send, isSending, problem } = useChange(detach, (data) => data.detachPaymentMethod);
  const [use, setUse] = useState<Problem>();
  if (problem?.code === "IN_USE" && !use) setUse(problem);
  async function submit(event: FormEvent) {
    event.preventDefault();
    if (await send({ paymentMethodId: method.id, unlessInUse: true })) {
      announce(`${method.displayLabel} was removed.`);
      onClose();
    }
  }
  if (use) return <RemoveUsedMethod {...props} use={use} />;
  return (
    <form onSubmit={submit}>
      <p>It is deleted permanently. To use it again, add it once more.</p>
      <ProblemNote problem={problem} />
      <Buttons action="Remove" isDangerous isSending={isSending} onCancel={onClose} />
    </form>
  );
}
