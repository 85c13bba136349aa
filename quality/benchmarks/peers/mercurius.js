// Mercurius on Fastify, with its JIT.
import Fastify from "fastify";
import mercurius from "mercurius";
import { caller } from "./auth.js";
import { resolvers } from "./resolvers.js";
import { port, typeDefs } from "./settings.js";
import { stripe } from "./stripe.js";

const app = Fastify();
app.register(mercurius, {
  schema: typeDefs,
  resolvers,
  jit: 1,
  context: async (request) => ({ caller: await caller(request.headers.authorization), stripe }),
});
await app.listen({ host: "127.0.0.1", port });
