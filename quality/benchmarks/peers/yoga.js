// GraphQL Yoga on node:http, with Envelop's JIT.
import { createServer } from "node:http";
import { useGraphQlJit } from "@envelop/graphql-jit";
import { createSchema, createYoga } from "graphql-yoga";
import { caller } from "./auth.js";
import { resolvers } from "./resolvers.js";
import { port, typeDefs } from "./settings.js";
import { stripe } from "./stripe.js";

const yoga = createYoga({
  schema: createSchema({ typeDefs, resolvers }),
  plugins: [useGraphQlJit()],
  context: async ({ request }) => ({ caller: await caller(request.headers.get("authorization")), stripe }),
});
createServer(yoga).listen(port, "127.0.0.1");
