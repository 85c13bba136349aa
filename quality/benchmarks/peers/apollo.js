// Apollo Server with RESTDataSource, as in its documentation.
import { randomUUID } from "node:crypto";
import { RESTDataSource } from "@apollo/datasource-rest";
import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";
import { caller } from "./auth.js";
import { resolvers } from "./resolvers.js";
import { port, stripeBase, stripeHeaders, typeDefs } from "./settings.js";

class StripeAPI extends RESTDataSource {
  baseURL = `${stripeBase}/`;

  willSendRequest(path, request) {
    Object.assign(request.headers, stripeHeaders);
  }

  customer(id) {
    return this.get(`v1/customers/${id}`, { params: { "expand[]": "invoice_settings.default_payment_method" } });
  }

  paymentMethods(id, limit) {
    return this.get(`v1/customers/${id}/payment_methods`, { params: { limit: String(limit) } });
  }

  async attach(id, customer) {
    try {
      return await this.post(`v1/payment_methods/${id}/attach`, {
        headers: { "idempotency-key": randomUUID() },
        body: new URLSearchParams({ customer }),
      });
    } catch (failure) {
      throw Object.assign(failure, { status: failure.extensions?.response?.status });
    }
  }
}

const server = new ApolloServer({ typeDefs, resolvers });
await startStandaloneServer(server, {
  listen: { host: "127.0.0.1", port },
  context: async ({ req }) => ({
    caller: await caller(req.headers.authorization),
    stripe: new StripeAPI({ cache: server.cache }),
  }),
});
