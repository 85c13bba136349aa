import { useState } from "react";

import { Buttons } from "../changes/Buttons";
import { useAnnounce } from "../page/Announcer";
import { ProblemNote } from "../page/ProblemNote";
import { useOnline } from "../page/useOnline";
import type { PaymentMethodData } from "../stripe/stripe";
import { USUAL } from "./choices";
import { PaymentPanel } from "./PaymentPanel";
import { SaveChoices } from "./SaveChoices";
import { useAdding } from "./useAdding";
import type { Started } from "./useConfirmation";

interface Props {
  /** A SetupIntent that was started before and takes another method. Without it, a new one is created. */
  started?: Started;
  /** Called when the payment method is saved. It is in the cache by then. */
  onAdded: () => void;
  onCancel: () => void;
}

/** The content of the dialog "Add a payment method". */
export function AddMethod({ started, onAdded, onCancel }: Props) {
  const { submit, isSending, problem } = useAdding(started);
  const [choices, setChoices] = useState(USUAL);
  const announce = useAnnounce();
  const isOnline = useOnline();
  async function add(data: PaymentMethodData) {
    const result = await submit(data, choices);
    if (result === "completed") onAdded();
    if (result === "waiting") {
      announce("A small deposit is on its way to your account. Verify it here when it has arrived.");
      onCancel();
    }
  }
  return (
    <PaymentPanel onSubmit={add}>
      <SaveChoices choices={choices} onChange={setChoices} />
      {!isOnline && <p className="note note-warning">You are offline. Connect to add a method.</p>}
      <ProblemNote problem={problem} />
      <Buttons action="Add" isSending={isSending} onCancel={onCancel} />
    </PaymentPanel>
  );
}
