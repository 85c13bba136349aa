/** The GraphQL client of one customer. Another customer gets another client, so that no data is shared. */
import { createContext, useContext } from "react";
import { Client, fetchExchange } from "urql";

import { authorizedFetch, type GetToken } from "./authorization";
import { makeCache } from "./cache";
import { makeCalls, type Calls } from "./calls";
import { makeLive, type Live } from "./live";

/** Relative, so that the page works below any path prefix of a proxy. */
const ENDPOINT = new URL("graphql", document.baseURI).href;

export interface WalletClient {
  customerId: string;
  graphql: Client;
  calls: Calls;
  live: Live;
}

export function makeClient(customerId: string, getToken: GetToken): WalletClient {
  const send = authorizedFetch(getToken);
  const calls = makeCalls();
  const live = makeLive(ENDPOINT, send);
  const exchanges = [makeCache(customerId), calls.exchange, live.exchange, fetchExchange];
  const graphql = new Client({ url: ENDPOINT, fetch: send, preferGetMethod: false, exchanges });
  return { customerId, graphql, calls, live };
}

const Context = createContext<WalletClient | null>(null);

export const WalletClientProvider = Context.Provider;

export function useWalletClient(): WalletClient {
  const client = useContext(Context);
  if (!client) throw new Error("useWalletClient needs a WalletClientProvider above it.");
  return client;
}
