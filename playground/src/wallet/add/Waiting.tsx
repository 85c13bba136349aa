import type { ReadSetupQuery } from "../graphql/graphql";
import { problemOf } from "../stripe/problem";
import { AddMethod } from "./AddMethod";
import { DialogButton, PendingNote } from "./PendingNote";
import { VerifyAccount } from "./VerifyAccount";

type SetupIntent = NonNullable<ReadSetupQuery["setupIntent"]>;

interface Props {
  setup: SetupIntent;
  onChanged: () => void;
  onDrop: () => void;
}

const DAY = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long" });

/** What a SetupIntent waits for, and the customer's next step. */
export function Waiting({ setup, onChanged, onDrop }: Props) {
  if (setup.status === "REQUIRES_PAYMENT_METHOD") return <Refused setup={setup} onDrop={onDrop} />;
  const { nextAction, status } = setup;
  const label = setup.paymentMethod?.displayLabel ?? "This payment method";
  if (status === "PROCESSING") return <PendingNote text={`Your bank is checking ${label}.`} onDrop={onDrop} />;
  if (nextAction?.verifyWithMicrodeposits) {
    const { arrivalDate, microdepositType } = nextAction.verifyWithMicrodeposits;
    const text = `${label} is saved when you have verified a small deposit. Expect it on ${DAY.format(new Date(arrivalDate))}.`;
    return (
      <PendingNote text={text} onDrop={onDrop}>
        <DialogButton name="Verify" title={`Verify ${label}`}>
          {(close) => (
            <VerifyAccount setupIntentId={setup.id} type={microdepositType} onVerified={onChanged} onClose={close} />
          )}
        </DialogButton>
      </PendingNote>
    );
  }
  if (!nextAction?.redirectToUrl) return null;
  return (
    <PendingNote text={`${label} is saved when your bank has confirmed that it is you.`} onDrop={onDrop}>
      <a className="button" href={nextAction.redirectToUrl}>
        Continue at your bank
      </a>
    </PendingNote>
  );
}

/** The same SetupIntent takes another payment method. */
function Refused({ setup: { id, clientSecret, lastSetupError }, onDrop }: { setup: SetupIntent; onDrop: () => void }) {
  const reason = lastSetupError && problemOf({ ...lastSetupError, decline_code: lastSetupError.declineCode ?? undefined });
  return (
    <PendingNote isDanger text={reason?.message ?? "This payment method could not be saved."} onDrop={onDrop}>
      {clientSecret && (
        <DialogButton name="Try another method" title="Add a payment method">
          {(close) => <AddMethod started={{ id, clientSecret }} onAdded={close} onCancel={close} />}
        </DialogButton>
      )}
    </PendingNote>
  );
}
