import { useState } from "react";

import { USUAL } from "../add/choices";
import { PaymentPanel } from "../add/PaymentPanel";
import { SaveChoices } from "../add/SaveChoices";
import { Buttons } from "../changes/Buttons";
import { useAnnounce } from "../page/Announcer";
import { ProblemNote } from "../page/ProblemNote";
import { useOnline } from "../page/useOnline";
import type { PaymentMethodData } from "../stripe/stripe";
import { inMoney } from "./money";
import type { Item } from "./shopServer";
import { usePaying } from "./usePaying";

interface Props {
  item: Item;
  onClose: () => void;
}

/** The content of the dialog in which an item is paid for, and the card is saved if the customer agrees. */
export function Pay({ item, onClose }: Props) {
  const [isSaved, setSaved] = useState(true);
  const [choices, setChoices] = useState(USUAL);
  const { submit, isSending, problem } = usePaying(item, isSaved);
  const announce = useAnnounce();
  const isOnline = useOnline();
  async function pay(data: PaymentMethodData) {
    const result = await submit(data, choices, isSaved ? { setup_future_usage: "off_session" } : {});
    if (result === "waiting") announce("Your bank is still working on the payment. This page shows when it is paid.");
    if (result) onClose();
  }
  return (
    <PaymentPanel types={["card"]} onSubmit={pay}>
      <label className="check">
        <input type="checkbox" checked={isSaved} onChange={(event) => setSaved(event.target.checked)} />
        <span>Save the card for later payments</span>
      </label>
      {isSaved && <SaveChoices choices={choices} onChange={setChoices} />}
      {!isOnline && <p className="note note-warning">You are offline. Connect to pay.</p>}
      <ProblemNote problem={problem} />
      <Buttons action={`Pay ${inMoney(item.amount, item.currency)}`} isSending={isSending} onCancel={onClose} />
    </PaymentPanel>
  );
}
