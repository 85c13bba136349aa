// Grafserv on node:http, with Grafast's plans.
import { createServer } from "node:http";
import { get, lambda, loadOne, makeGrafastSchema, object, sideEffect } from "grafast";
import { grafserv } from "grafserv/node";
import { caller } from "./auth.js";
import { address, paymentMethod, shipping } from "./mapping.js";
import { port, typeDefs } from "./settings.js";
import { stripe } from "./stripe.js";

const readCustomers = (ids) => ids.map((id) => stripe.customer(id));
const read = ($id) => loadOne($id, readCustomers);
const customer = ($id) => object({ id: $id });
const member = (name) => ($customer) => get(read(get($customer, "id")), name);

const readPage = async ([id, first]) => {
  const page = await stripe.paymentMethods(id, first ?? 10);
  return {
    nodes: page.data.map((json) => paymentMethod(json)),
    pageInfo: {
      hasNextPage: page.has_more,
      hasPreviousPage: false,
      startCursor: page.data.at(0)?.id,
      endCursor: page.data.at(-1)?.id,
    },
  };
};

const attach = async ([id, owner]) => ({ paymentMethod: paymentMethod(await stripe.attach(id, owner)), errors: [] });

const schema = makeGrafastSchema({
  typeDefs,
  scalars: {
    DateTime: { serialize: (seconds) => new Date(seconds * 1000).toISOString().replace(".000Z", "Z") },
    JSON: { serialize: (value) => value },
  },
  objects: {
    Query: { plans: { customer: (_, { $id }) => customer($id) } },
    Mutation: {
      plans: {
        attachPaymentMethod: (_, fieldArgs) =>
          sideEffect([fieldArgs.getRaw(["input", "paymentMethodId"]), fieldArgs.getRaw(["input", "customerId"])], attach),
      },
    },
    Customer: {
      plans: {
        name: member("name"),
        email: member("email"),
        phone: member("phone"),
        description: member("description"),
        address: ($customer) => lambda(member("address")($customer), address),
        created: member("created"),
        currency: member("currency"),
        customerAccount: member("customer_account"),
        delinquent: member("delinquent"),
        preferredLocales: member("preferred_locales"),
        shipping: ($customer) => lambda(member("shipping")($customer), shipping),
        taxExempt: member("tax_exempt"),
        livemode: member("livemode"),
        metadata: member("metadata"),
        defaultPaymentMethod: ($customer) =>
          lambda(member("invoice_settings")($customer), ({ default_payment_method: found }) => found && paymentMethod(found)),
        paymentMethods: ($customer, { $first }) => lambda([get($customer, "id"), $first], readPage),
      },
    },
    PaymentMethod: {
      plans: {
        customer: ($method) => customer(get($method, "owner")),
        isDefault: ($method) =>
          lambda([get($method, "id"), read(get($method, "owner"))], ([id, owner]) => owner?.invoice_settings.default_payment_method?.id === id),
      },
    },
  },
});

const preset = {
  grafast: { context: async ({ node }) => ({ caller: await caller(node.req.headers.authorization) }) },
  grafserv: { graphqlPath: "/graphql", graphiql: false },
};
const server = createServer();
await grafserv({ schema, preset }).addTo(server);
server.listen(port, "127.0.0.1");
