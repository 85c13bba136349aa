import { useEffect } from "react";
import { useQuery } from "urql";

import { useWalletClient } from "../client/client";
import { inWords } from "../page/words";
import { readSetup } from "./mutations";
import { acceptReturn, forget, usePending, type Pending } from "./pending";
import { PendingNote } from "./PendingNote";
import { isRepeatable, useCompletion } from "./useCompletion";
import { Waiting } from "./Waiting";

/** The methods that are not saved yet: they wait for the bank, for a deposit, or for another try. */
export function PendingMethods() {
  const { customerId } = useWalletClient();
  useEffect(() => acceptReturn(customerId), [customerId]);
  const all = usePending(customerId, "seti_");
  if (!all.length) return null;
  return (
    <ul className="pending" aria-label="Not saved yet">
      {all.map((pending) => (
        <PendingMethod key={pending.id} pending={pending} />
      ))}
    </ul>
  );
}

/** Reads how far the SetupIntent is, and completes it as soon as it has succeeded. */
function PendingMethod({ pending }: { pending: Pending }) {
  const { customerId } = useWalletClient();
  const variables = { id: pending.id };
  const [{ data, error }, read] = useQuery({ query: readSetup, variables, requestPolicy: "network-only" });
  const { complete, problem } = useCompletion();
  const readAgain = () => read({ requestPolicy: "network-only" });
  const drop = () => forget(customerId, pending.id);
  const setup = data?.setupIntent;
  const status = setup?.status ?? (data && !error ? "CANCELED" : undefined);
  useEffect(() => {
    if (status === "CANCELED") drop();
    if (status === "SUCCEEDED") void complete(pending);
  }, [status]);
  if (problem) {
    const onRetry = isRepeatable(problem) ? () => void complete(pending) : undefined;
    return <Retry text={inWords(problem)} onRetry={onRetry} onDrop={drop} />;
  }
  if (error && !setup) return <Retry text="A payment method that is not saved yet could not be read." onRetry={readAgain} />;
  return setup ? <Waiting setup={setup} onChanged={readAgain} onDrop={drop} /> : null;
}

interface RetryProps {
  text: string;
  onRetry: (() => void) | undefined;
  onDrop?: () => void;
}

function Retry({ text, onRetry, onDrop }: RetryProps) {
  return (
    <PendingNote isDanger text={text} onDrop={onDrop}>
      {onRetry && (
        <button type="button" onClick={onRetry}>
          Try again
        </button>
      )}
    </PendingNote>
  );
}
