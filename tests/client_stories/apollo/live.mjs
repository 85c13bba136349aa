// Apollo Client with a wallet's changes.
// #region live
import { ApolloLink } from "@apollo/client";
import { print } from "graphql";
import { Observable } from "rxjs";

/** A link over a client of graphql-sse. For a client of graphql-ws, use Apollo's own GraphQLWsLink. */
export class SseLink extends ApolloLink {
  constructor(client) {
    super();
    this.client = client;
  }

  request({ query, variables, operationName }) {
    const operation = { query: print(query), variables, operationName };
    return new Observable((observer) => this.client.subscribe(operation, observer));
  }
}

/** One of the `links` of `makeClient`: sends subscriptions, and only these, through a link of their own. */
export const forSubscriptions = (link) =>
  ApolloLink.split(({ operationType }) => operationType === "subscription", link);
// #endregion
