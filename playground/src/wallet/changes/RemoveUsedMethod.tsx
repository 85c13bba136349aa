import { useId, useState, type FormEvent } from "react";

import { useChange, type Problem } from "../client/change";
import { useWalletClient } from "../client/client";
import type { Method_MethodFragment } from "../graphql/graphql";
import { useAnnounce } from "../page/Announcer";
import { ProblemNote } from "../page/ProblemNote";
import { detach, setDefault } from "./mutations";

export interface RemoveProps {
  method: Method_MethodFragment;
  others: readonly Method_MethodFragment[];
  defaultId: string | undefined;
  onClose: () => void;
}

/** The second step of a removal: another method takes over first, or it is removed anyway. */
export function RemoveUsedMethod({ method, others, defaultId, onClose, use }: RemoveProps & { use: Problem }) {
  const { customerId } = useWalletClient();
  const announce = useAnnounce();
  const handOver = useChange(setDefault, (data) => data.setDefaultPaymentMethod);
  const removal = useChange(detach, (data) => data.detachPaymentMethod);
  const [successor, setSuccessor] = useState((others.find(({ id }) => id === defaultId) ?? others[0])?.id);
  const isSending = handOver.isSending || removal.isSending;
  async function remove(unlessInUse: boolean) {
    if (!(await removal.send({ paymentMethodId: method.id, unlessInUse }))) return;
    announce(`${method.displayLabel} was removed.`);
    onClose();
  }
  async function submit(event: FormEvent) {
    event.preventDefault();
    const moveSubscriptions = use.isDefault ? "REPLACED" : "ALL";
    if (await handOver.send({ customerId, paymentMethodId: successor, moveSubscriptions })) await remove(true);
  }
  return (
    <form onSubmit={submit}>
      <p role="alert" className="note note-warning">
        {reasonOf(use)}
      </p>
      {successor ? (
        <SuccessorField others={others} value={successor} onChange={setSuccessor} use={use} />
      ) : (
        <p>There is no other payment method that could take over. Add one first, or remove it anyway.</p>
      )}
      <ProblemNote problem={handOver.problem ?? removal.problem} />
      <div className="dialog-buttons">
        <button type="button" onClick={onClose}>
          Cancel
        </button>
        <button type="button" className="quiet-danger" disabled={isSending} onClick={() => remove(false)}>
          Remove anyway
        </button>
        {successor && (
          <button type="submit" className="primary" disabled={isSending}>
            {isSending ? "One moment…" : "Move and remove"}
          </button>
        )}
      </div>
    </form>
  );
}

interface SuccessorProps {
  others: readonly Method_MethodFragment[];
  value: string;
  onChange: (id: string) => void;
  use: Problem;
}

function SuccessorField({ others, value, onChange, use }: SuccessorProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>Pay instead with</label>
      <select id={id} aria-describedby={`${id}-hint`} value={value} onChange={(event) => onChange(event.target.value)}>
        {others.map((other) => (
          <option key={other.id} value={other.id}>
            {other.displayLabel}
          </option>
        ))}
      </select>
      <p id={`${id}-hint`} className="muted">
        {use.isDefault
          ? "It becomes the default, and takes over the subscriptions of this one."
          : "It becomes the default if it is not, and pays for all subscriptions."}
      </p>
    </div>
  );
}

function reasonOf({ isDefault, activeSubscriptionCount = 0 }: Problem): string {
  const count = activeSubscriptionCount === 1 ? "a subscription" : `${activeSubscriptionCount} subscriptions`;
  const uses = [isDefault && "is the default", activeSubscriptionCount && `pays for ${count}`].filter(Boolean);
  return `It ${uses.join(" and ")}. Without another one, payments will fail.`;
}
