import { useState } from "react";

import { Buttons } from "../changes/Buttons";
import { useAnnounce } from "../page/Announcer";
import { ProblemNote } from "../page/ProblemNote";
import { useOnline } from "../page/useOnline";
import type { PaymentMethodData } from "../stripe/stripe";
import { USUAL } from "./choices";
import { PaymentPanel } from "./PaymentPanel";
import { SaveChoices } from "./SaveChoices";
import { useAdding, type Setup } from "./useAdding";

interface Props {
  /** A SetupIntent that was started before and takes another method. Without it, a new one is created. */
  started?: Setup;
  /** Called with the id of the saved payment method, which is in the cache by then. */
  onAdded: (paymentMethodId: string) => void;
  onCancel: () => void;
}

/** The content of the dialog "Add a payment method". */
export function AddMethod({ started, onAdded, onCancel }: Props) {
  const { add, isSending, problem } = useAdding(started);
  const [choices, setChoices] = useState(USUAL);
  const announce = useAnnounce();
  const isOnline = useOnline();
  async function submit(data: PaymentMethodData) {
    const added = await add(data, choices);
    if (added?.kind === "saved") onAdded(added.paymentMethodId);
    if (added?.kind === "waiting") {
      announce("A small deposit is on its way to your account. Verify it here when it has arrived.");
      onCancel();
    }
  }
  return (
    <PaymentPanel onSubmit={submit}>
      <SaveChoices choices={choices} onChange={setChoices} />
      {!isOnline && <p className="note note-warning">You are offline. Connect to add a method.</p>}
      <ProblemNote problem={problem} />
      <Buttons action="Add" isSending={isSending} onCancel={onCancel} />
    </PaymentPanel>
  );
}
