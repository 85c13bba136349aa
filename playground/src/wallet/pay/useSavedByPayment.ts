/** The last step of paying with a method that is saved: duplicates, default and subscriptions. It does not pay again. */
import type { Pending } from "../add/pending";
import { sentenceFor } from "../add/useCompletion";
import { useChange } from "../client/change";
import { useAnnounce } from "../page/Announcer";
import { completePayment } from "./operations";

export function useSavedByPayment() {
  const announce = useAnnounce();
  const { send, problem } = useChange(completePayment, (data) => data.completePaymentIntent);
  /** Resolves to whether it succeeded. `paid` is the amount in words. */
  async function complete({ id, ...choices }: Pending, paid: string): Promise<boolean> {
    const payload = await send({ paymentIntentId: id, ...choices });
    if (payload) announce(`You paid ${paid}. ${sentenceFor(payload)}`);
    return payload !== undefined;
  }
  return { complete, problem };
}
