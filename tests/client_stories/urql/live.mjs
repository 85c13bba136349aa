// urql with a wallet's changes.
// #region live
import { subscriptionExchange } from "@urql/core";

/** One of the `exchanges` of `makeClient`, over a client of graphql-sse or graphql-ws. */
export const live = (client) =>
  subscriptionExchange({
    forwardSubscription: ({ query, variables }) => ({
      subscribe: (sink) => ({ unsubscribe: client.subscribe({ query, variables }, sink) }),
    }),
  });
// #endregion
