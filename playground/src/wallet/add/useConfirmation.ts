/** Lets Stripe.js confirm an intent with a new payment method, and completes it: what adding and paying have in common. */
import { useRef, useState } from "react";

import type { Problem } from "../client/change";
import { useWalletClient } from "../client/client";
import { stripe } from "../stripe";
import { problemOf } from "../stripe/problem";
import type { Confirmation, Intent, PaymentMethodData, StripeError } from "../stripe/stripe";
import type { Choices } from "./choices";
import { remember, rememberIfLeft, type Pending } from "./pending";
import { isRepeatable } from "./useCompletion";

export interface Started {
  id: string;
  clientSecret: string;
}

export interface Steps {
  /** Creates the intent. Undefined if that failed. */
  create: () => Promise<Started | undefined>;
  confirm: (confirmation: Confirmation) => Promise<{ intent: Intent | undefined; error?: StripeError | undefined }>;
  /** Resolves to whether it was completed. */
  complete: (pending: Pending) => Promise<boolean>;
  /** Why the latest completion failed. */
  problem: Problem | undefined;
}

/** "waiting": the customer, or the bank, must act first. Undefined: it failed, and the customer can try again. */
export type Result = "completed" | "waiting" | undefined;

/** After a declined card, the same intent takes another one. `started` is an intent from before a page load. */
export function useConfirmation(steps: Steps, started?: Started) {
  const { customerId } = useWalletClient();
  const intent = useRef(started);
  /** An intent that has succeeded and is not completed. */
  const succeeded = useRef<string>(undefined);
  const [refusal, setRefusal] = useState<Problem>();
  const isBusy = useRef(false);
  const [isSending, setSending] = useState(false);

  async function submit(data: PaymentMethodData, choices: Choices, more?: Partial<Confirmation["confirmParams"]>) {
    if (isBusy.current) return undefined;
    setSending((isBusy.current = true));
    setRefusal(undefined);
    try {
      if (succeeded.current && isRepeatable(steps.problem)) return await complete({ id: succeeded.current, ...choices });
      intent.current ??= await steps.create();
      return intent.current && (await confirm(intent.current, data, choices, more));
    } finally {
      setSending((isBusy.current = false));
    }
  }

  async function confirm(
    { id, clientSecret }: Started,
    data: PaymentMethodData,
    choices: Choices,
    more?: Partial<Confirmation["confirmParams"]>,
  ): Promise<Result> {
    const created = await stripe.createPaymentMethod(data);
    if (created.error) return refuse(created.error);
    const pending = { id, ...choices };
    const confirmParams = { payment_method: created.paymentMethod.id, return_url: location.href, ...more };
    const confirmed = await rememberIfLeft(customerId, pending, () =>
      steps.confirm({ clientSecret, confirmParams, redirect: "if_required" }),
    );
    // Also with an error: an earlier attempt may have succeeded without its response having arrived.
    if (confirmed.intent?.status === "succeeded") return complete(pending);
    if (confirmed.error) return refuse(confirmed.error);
    remember(customerId, pending);
    return "waiting";
  }

  async function complete(pending: Pending): Promise<Result> {
    intent.current = undefined;
    succeeded.current = pending.id;
    return (await steps.complete(pending)) ? "completed" : undefined;
  }

  function refuse(error: StripeError): undefined {
    setRefusal(problemOf(error));
  }

  return { submit, isSending, problem: refusal ?? steps.problem };
}
