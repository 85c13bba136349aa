import { createGraphiQLFetcher, type Fetcher, type FetcherParams } from "@graphiql/toolkit";
import { getOperationAST, parse } from "graphql";

import { showsCalls } from "./server";

// The page and the endpoint have the same URL, with any path prefix of a proxy.
const post = createGraphiQLFetcher({ url: window.location.pathname, enableIncrementalDelivery: false });

/** Sends operations to the server. If the server offers it, the response lists the REST calls. */
export const fetcher: Fetcher = (operation, options) => {
  const named = withTrueName(operation);
  return post(showsCalls ? withCalls(named) : named, options);
};

/** Right after a tab change, GraphiQL still sends the operation name of the previous tab. */
function withTrueName({ operationName, ...operation }: FetcherParams): FetcherParams {
  return operationName && defines(operation.query, operationName) ? { ...operation, operationName } : operation;
}

function defines(document: string, operationName: string): boolean {
  try {
    return getOperationAST(parse(document), operationName) !== null;
  } catch {
    return true; // The server reports the syntax error.
  }
}

function withCalls(operation: FetcherParams): FetcherParams {
  const asked = { ...operation, extensions: { calls: true } };
  return asked;
}
