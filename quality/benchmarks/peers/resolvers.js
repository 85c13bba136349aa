// Resolvers over a Stripe client with the methods customer, paymentMethods and attach.
import { GraphQLScalarType } from "graphql";
import { address, paymentMethod, shipping } from "./mapping.js";

const DateTime = new GraphQLScalarType({
  name: "DateTime",
  serialize: (seconds) => new Date(seconds * 1000).toISOString().replace(".000Z", "Z"),
});
const JSONValue = new GraphQLScalarType({ name: "JSON", serialize: (value) => value });

/** A lazily read customer: the first field other than the id makes one REST call. */
const customer = (id, stripe) => {
  let read;
  return { id, load: () => (read ??= stripe.customer(id)) };
};

/** The customer of a payment method: null, an object that was already read, or a lazily read one. */
const customerOf = (owner, stripe) => (typeof owner === "string" ? customer(owner, stripe) : owner);

const member = (name) => async (owner) => (await owner.load())[name];

const userError = (failure) => {
  if (![400, 402, 404].includes(failure.status)) throw failure;
  const code = { 402: "CARD_DECLINED", 404: "NOT_FOUND" }[failure.status] ?? "INVALID_INPUT";
  return { message: failure.message, code };
};

export const resolvers = {
  DateTime,
  JSON: JSONValue,
  Query: {
    customer: (_, { id }, { stripe }) => customer(id, stripe),
  },
  Mutation: {
    attachPaymentMethod: async (_, { input }, { stripe }) => {
      try {
        const attached = await stripe.attach(input.paymentMethodId, input.customerId);
        return { paymentMethod: paymentMethod(attached), errors: [] };
      } catch (failure) {
        return { paymentMethod: null, errors: [userError(failure)] };
      }
    },
  },
  Customer: {
    name: member("name"),
    email: member("email"),
    phone: member("phone"),
    description: member("description"),
    address: async (owner) => address((await owner.load()).address),
    created: member("created"),
    currency: member("currency"),
    customerAccount: member("customer_account"),
    delinquent: member("delinquent"),
    preferredLocales: member("preferred_locales"),
    shipping: async (owner) => shipping((await owner.load()).shipping),
    taxExempt: member("tax_exempt"),
    livemode: member("livemode"),
    metadata: member("metadata"),
    defaultPaymentMethod: async (owner) => {
      const found = (await owner.load()).invoice_settings.default_payment_method;
      return found && paymentMethod(found, owner);
    },
    paymentMethods: async (owner, { first }, { stripe }) => {
      const page = await stripe.paymentMethods(owner.id, first ?? 10);
      return {
        nodes: page.data.map((json) => paymentMethod(json, owner)),
        pageInfo: {
          hasNextPage: page.has_more,
          hasPreviousPage: false,
          startCursor: page.data.at(0)?.id,
          endCursor: page.data.at(-1)?.id,
        },
      };
    },
  },
  PaymentMethodDetails: {
    __resolveType: ({ __typename }) => __typename,
  },
  PaymentMethod: {
    customer: ({ owner }, _, { stripe }) => customerOf(owner, stripe),
    isDefault: async ({ id, owner }, _, { stripe }) => {
      const found = await customerOf(owner, stripe)?.load();
      return found?.invoice_settings.default_payment_method?.id === id;
    },
  },
};
