/** The GraphQL client of one customer. Another customer gets another client, so that no data is shared. */
import { Client, fetchExchange } from "urql";

import { authorizedFetch, type GetToken } from "./authorization";
import { makeCache } from "./cache";

// Relative, so that the page works below any path prefix of a proxy.
export const ENDPOINT = new URL("graphql", document.baseURI).href;

export function makeClient(getToken: GetToken): Client {
  return new Client({
    url: ENDPOINT,
    fetch: authorizedFetch(getToken),
    preferGetMethod: false,
    exchanges: [makeCache(), fetchExchange],
  });
}
