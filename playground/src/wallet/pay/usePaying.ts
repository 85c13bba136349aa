/** Pays for an item: the shop's server creates a PaymentIntent, Stripe.js confirms it, and the method is kept if wanted. */
import { useState } from "react";

import type { Pending } from "../add/pending";
import { useConfirmation } from "../add/useConfirmation";
import { newKey, type Problem } from "../client/change";
import { useWalletClient } from "../client/client";
import { useAnnounce } from "../page/Announcer";
import { stripe } from "../stripe";
import type { Confirmation } from "../stripe/stripe";
import { inMoney } from "./money";
import { createOrder, type Item } from "./shopServer";
import { useSavedByPayment } from "./useSavedByPayment";

export function usePaying(item: Item, isSaved: boolean) {
  const { customerId } = useWalletClient();
  const announce = useAnnounce();
  const [order] = useState(newKey);
  const [failure, setFailure] = useState<Problem>();
  const saved = useSavedByPayment();
  const paid = inMoney(item.amount, item.currency);
  async function create() {
    setFailure(undefined);
    try {
      return await createOrder(order, customerId, item);
    } catch (error) {
      setFailure({ code: "FAILED", message: (error as Error).message });
      return undefined;
    }
  }
  async function confirm(confirmation: Confirmation) {
    const { error, ...confirmed } = await stripe.confirmPayment(confirmation);
    return { error, intent: "paymentIntent" in confirmed ? confirmed.paymentIntent : error?.payment_intent };
  }
  async function complete(pending: Pending) {
    if (isSaved) return saved.complete(pending, paid);
    announce(`You paid ${paid}.`);
    return true;
  }
  return useConfirmation({ create, confirm, complete, problem: failure ?? saved.problem });
}
