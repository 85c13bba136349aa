/**
 * What mutations will probably return. The page shows it at once; the cache drops it when the response arrives, so a
 * mutation that fails rolls back automatically.
 */
import type { Cache, OptimisticMutationConfig, Variables } from "@urql/exchange-graphcache";

import { PAGE } from "../methods/wallet";
import { isPast } from "../methods/dates";
import type {
  DetachPaymentMethodInput,
  SetDefaultPaymentMethodInput,
  UpdatePaymentMethodInput,
} from "../graphql/graphql";

export function optimisticResults(customerId: string): OptimisticMutationConfig {
  const customer = { __typename: "Customer", id: customerId };
  return {
    setDefaultPaymentMethod: (args) => {
      const { paymentMethodId } = inputOf<SetDefaultPaymentMethodInput>(args);
      const changed = { ...customer, defaultPaymentMethod: method(paymentMethodId) };
      return { __typename: "SetDefaultPaymentMethodPayload", customer: changed, errors: [] };
    },
    detachPaymentMethod: (args, cache) => {
      const { paymentMethodId } = inputOf<DetachPaymentMethodInput>(args);
      const changed = { ...customer, paymentMethods: listWithout(cache, customer, paymentMethodId) };
      return { __typename: "DetachPaymentMethodPayload", customer: changed, errors: [] };
    },
    updatePaymentMethod: (args) => {
      const input = inputOf<UpdatePaymentMethodInput>(args);
      const changed = { ...method(input.paymentMethodId), ...changesIn(input) };
      return { __typename: "UpdatePaymentMethodPayload", paymentMethod: changed, errors: [] };
    },
  };
}

const inputOf = <Input,>(args: Variables) => args.input as Input;

const method = (id: string | null | undefined) => (id ? { __typename: "PaymentMethod", id } : null);

/** The customer's list as it is in the cache, without one method. */
function listWithout(cache: Cache, customer: { __typename: string; id: string }, removed: string) {
  const list = cache.resolve(customer, "paymentMethods", PAGE) as string;
  const nodes = cache.resolve(list, "nodes") as string[];
  const ids = nodes.map((key) => cache.resolve(key, "id") as string);
  return { __typename: "PaymentMethodConnection", nodes: ids.filter((id) => id !== removed).map(method) };
}

/** The fields of the payment method that the input changes. */
function changesIn({ card, billingDetails }: UpdatePaymentMethodInput) {
  const address = billingDetails?.address;
  return {
    ...(billingDetails && {
      billingDetails: {
        __typename: "BillingDetails",
        ...billingDetails,
        ...(address && { address: { __typename: "Address", ...address } }),
      },
    }),
    ...(card && { card: changedCard(card) }),
    ...(card?.expMonth && card.expYear && { isExpired: isPast(card.expMonth, card.expYear) }),
  };
}

function changedCard({ preferredNetwork, ...dates }: NonNullable<UpdatePaymentMethodInput["card"]>) {
  const networks = { __typename: "CardNetworks", preferred: preferredNetwork };
  return { __typename: "Card", ...dates, ...(preferredNetwork !== undefined && { networks }) };
}
