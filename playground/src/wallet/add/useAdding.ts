/** Adds a method: creates a SetupIntent, lets Stripe.js confirm it, and completes it. */
import { useRef, useState } from "react";

import { useChange, type Problem } from "../client/change";
import { useWalletClient } from "../client/client";
import { stripe } from "../stripe";
import { problemOf } from "../stripe/problem";
import type { PaymentMethodData } from "../stripe/stripe";
import type { Choices } from "./choices";
import { beginToSave } from "./mutations";
import { remember, rememberIfLeft } from "./pending";
import { isRepeatable, useCompletion } from "./useCompletion";

export interface Setup {
  id: string;
  clientSecret: string;
}

export type Added = { kind: "saved"; paymentMethodId: string } | { kind: "waiting" } | undefined;

/** After a declined card, the same SetupIntent takes another one. `started` is a SetupIntent from before a page load. */
export function useAdding(started?: Setup) {
  const { customerId } = useWalletClient();
  const setup = useRef(started);
  /** A SetupIntent that has succeeded and is not completed. */
  const succeeded = useRef<string>(undefined);
  const beginning = useChange(beginToSave, (data) => data.createSetupIntent);
  const completion = useCompletion();
  const [refusal, setRefusal] = useState<Problem>();
  const [isSending, setSending] = useState(false);

  /** Resolves to undefined if it failed: `problem` then says why, and the customer can try again. */
  async function add(data: PaymentMethodData, choices: Choices): Promise<Added> {
    if (isSending) return undefined;
    setSending(true);
    setRefusal(undefined);
    try {
      if (succeeded.current && isRepeatable(completion.problem)) return await complete(succeeded.current, choices);
      setup.current ??= await begin();
      return setup.current && (await confirm(setup.current, data, choices));
    } finally {
      setSending(false);
    }
  }

  async function begin(): Promise<Setup | undefined> {
    const { id, clientSecret } = (await beginning.send({ customerId }))?.setupIntent ?? {};
    return id && clientSecret ? { id, clientSecret } : undefined;
  }

  async function confirm({ id, clientSecret }: Setup, data: PaymentMethodData, choices: Choices): Promise<Added> {
    const created = await stripe.createPaymentMethod(data);
    if (created.error) return refuse(problemOf(created.error));
    const confirmParams = { payment_method: created.paymentMethod.id, return_url: location.href };
    const confirmed = await rememberIfLeft(customerId, { id, ...choices }, () =>
      stripe.confirmSetup({ clientSecret, confirmParams, redirect: "if_required" }),
    );
    // An earlier attempt may have succeeded without its response having arrived.
    const intent = confirmed.error ? confirmed.error.setup_intent : confirmed.setupIntent;
    if (intent?.status === "succeeded") return complete(id, choices);
    if (confirmed.error) return refuse(problemOf(confirmed.error));
    remember(customerId, { id, ...choices });
    return { kind: "waiting" };
  }

  async function complete(id: string, choices: Choices): Promise<Added> {
    setup.current = undefined;
    succeeded.current = id;
    const paymentMethodId = await completion.complete({ id, ...choices });
    return paymentMethodId ? { kind: "saved", paymentMethodId } : undefined;
  }

  function refuse(problem: Problem): undefined {
    setRefusal(problem);
  }

  return { add, isSending, problem: refusal ?? beginning.problem ?? completion.problem };
}
