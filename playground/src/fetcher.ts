import { createGraphiQLFetcher, type Fetcher, type FetcherParams } from "@graphiql/toolkit";

import { showsCalls } from "./server";

// The page's own address is the endpoint's, under whatever prefix a proxy shows it.
const post = createGraphiQLFetcher({ url: window.location.pathname, enableIncrementalDelivery: false });

/** Sends operations to the server, which tells the REST calls that they made where it is willing to. */
export const fetcher: Fetcher = (operation, options) => post(showsCalls ? withCalls(operation) : operation, options);

function withCalls(operation: FetcherParams): FetcherParams {
  const asked = { ...operation, extensions: { calls: true } };
  return asked;
}
