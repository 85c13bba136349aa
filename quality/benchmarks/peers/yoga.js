// GraphQL Yoga on node:http.
import { createServer } from "node:http";
import { createSchema, createYoga } from "graphql-yoga";
import { caller } from "./auth.js";
import { resolvers, typeDefs } from "./resolvers.js";
import { port } from "./settings.js";
import { stripe } from "./stripe.js";

const yoga = createYoga({
  schema: createSchema({ typeDefs, resolvers }),
  context: async ({ request }) => ({ caller: await caller(request.headers.get("authorization")), stripe }),
});
createServer(yoga).listen(port, "127.0.0.1");
