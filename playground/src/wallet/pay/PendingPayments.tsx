import { useEffect } from "react";
import { useQuery } from "urql";

import { forget, usePending, type Pending } from "../add/pending";
import { PendingNote } from "../add/PendingNote";
import { useWalletClient } from "../client/client";
import { useAnnounce } from "../page/Announcer";
import { inWords } from "../page/words";
import { problemOf } from "../stripe/problem";
import { inMoney } from "./money";
import { readPayment } from "./operations";
import { useSavedByPayment } from "./useSavedByPayment";

/** The payments that wait for the bank, and those that it refused. */
export function PendingPayments() {
  const { customerId } = useWalletClient();
  const all = usePending(customerId, "pi_");
  if (!all.length) return null;
  return (
    <ul className="pending" aria-label="Not paid yet">
      {all.map((pending) => (
        <PendingPayment key={pending.id} pending={pending} />
      ))}
    </ul>
  );
}

function PendingPayment({ pending }: { pending: Pending }) {
  const { customerId } = useWalletClient();
  const announce = useAnnounce();
  const variables = { id: pending.id };
  const [{ data, error }] = useQuery({ query: readPayment, variables, requestPolicy: "network-only" });
  const saved = useSavedByPayment();
  const payment = data?.paymentIntent;
  const status = payment?.status ?? (data && !error ? "CANCELED" : undefined);
  const paid = payment ? inMoney(payment.amount, payment.currency) : "";
  const drop = () => forget(customerId, pending.id);
  async function finish() {
    if (payment?.setupFutureUsage) {
      if (!(await saved.complete(pending, paid))) return;
    } else announce(`You paid ${paid}.`);
    drop();
  }
  useEffect(() => {
    if (status === "CANCELED") drop();
    if (status === "SUCCEEDED") void finish();
  }, [status]);
  if (saved.problem) return <PendingNote isDanger text={`You paid ${paid}. ${inWords(saved.problem)}`} onDrop={drop} />;
  if (status === "REQUIRES_PAYMENT_METHOD") {
    const { lastPaymentError: reason } = payment ?? {};
    const words = reason && problemOf({ ...reason, decline_code: reason.declineCode ?? undefined }).message;
    return <PendingNote isDanger text={`${paid} was not paid. ${words ?? ""}`} onDrop={drop} />;
  }
  if (status === "PROCESSING") return <PendingNote text={`Your bank is working on the payment of ${paid}.`} />;
  if (!payment?.nextAction?.redirectToUrl) return null;
  return (
    <PendingNote text={`${paid} is paid when your bank has confirmed that it is you.`} onDrop={drop}>
      <a className="button" href={payment.nextAction.redirectToUrl}>
        Continue at your bank
      </a>
    </PendingNote>
  );
}
