/** The last step of adding: duplicates, default and subscriptions. It can be sent again at any time. */
import { useChange, type Problem } from "../client/change";
import { useWalletClient } from "../client/client";
import { useAnnounce } from "../page/Announcer";
import { completeSaving } from "./mutations";
import { forget, type Pending } from "./pending";

export function useCompletion() {
  const { customerId } = useWalletClient();
  const announce = useAnnounce();
  const { send, isSending, problem } = useChange(completeSaving, (data) => data.completeSetupIntent);
  /** Resolves to whether it succeeded. If not, `problem` says why. */
  async function complete({ id, ...choices }: Pending): Promise<boolean> {
    const payload = await send({ setupIntentId: id, ...choices });
    if (!payload) return false;
    forget(customerId, id);
    announce(sentenceFor(payload));
    return true;
  }
  return { complete, isSending, problem };
}

const REPEATABLE = ["DEFAULT_NOT_SET", "FAILED", "OFFLINE", "SUBSCRIPTIONS_NOT_MOVED"];

/** Whether the same completion may succeed at the next attempt. */
export const isRepeatable = (problem: Problem | undefined) => problem !== undefined && REPEATABLE.includes(problem.code);

interface Completed {
  paymentMethod: { displayLabel: string } | null;
  reusedExisting: boolean;
  movedSubscriptions: readonly unknown[];
}

export function sentenceFor({ paymentMethod, reusedExisting, movedSubscriptions: { length } }: Completed): string {
  const label = paymentMethod?.displayLabel ?? "The payment method";
  const saved = reusedExisting ? `${label} was in the wallet already.` : `${label} was added.`;
  if (!length) return saved;
  return `${saved} It now pays for ${length === 1 ? "one more subscription" : `${length} more subscriptions`}.`;
}
