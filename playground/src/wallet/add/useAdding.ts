/** Adds a method: creates a SetupIntent, lets Stripe.js confirm it, and completes it. */
import { useChange } from "../client/change";
import { useWalletClient } from "../client/client";
import { stripe } from "../stripe";
import { beginToSave } from "./mutations";
import { useCompletion } from "./useCompletion";
import { useConfirmation, type Started } from "./useConfirmation";

export function useAdding(started?: Started) {
  const { customerId } = useWalletClient();
  const beginning = useChange(beginToSave, (data) => data.createSetupIntent);
  const completion = useCompletion();
  async function create() {
    const { id, clientSecret } = (await beginning.send({ customerId }))?.setupIntent ?? {};
    return id && clientSecret ? { id, clientSecret } : undefined;
  }
  const confirm = async (confirmation: Parameters<typeof stripe.confirmSetup>[0]) => {
    const { error, ...confirmed } = await stripe.confirmSetup(confirmation);
    return { error, intent: "setupIntent" in confirmed ? confirmed.setupIntent : error?.setup_intent };
  };
  const problem = beginning.problem ?? completion.problem;
  return useConfirmation({ create, confirm, complete: completion.complete, problem }, started);
}
