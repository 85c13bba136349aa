import { createGraphiQLFetcher, type Fetcher, type FetcherParams } from "@graphiql/toolkit";
import { getOperationAST, parse } from "graphql";

import { showsCalls } from "./server";

// The page's own address is the endpoint's, under whatever prefix a proxy shows it.
const post = createGraphiQLFetcher({ url: window.location.pathname, enableIncrementalDelivery: false });

/** Sends operations to the server, which tells the REST calls that they made where it is willing to. */
export const fetcher: Fetcher = (operation, options) => {
  const named = withTrueName(operation);
  return post(showsCalls ? withCalls(named) : named, options);
};

/** For a moment after a change of tabs GraphiQL still has the name of the other tab's operation. */
function withTrueName({ operationName, ...operation }: FetcherParams): FetcherParams {
  return operationName && defines(operation.query, operationName) ? { ...operation, operationName } : operation;
}

function defines(document: string, operationName: string): boolean {
  try {
    return getOperationAST(parse(document), operationName) !== null;
  } catch {
    return true; // The server says what is wrong with the document.
  }
}

function withCalls(operation: FetcherParams): FetcherParams {
  const asked = { ...operation, extensions: { calls: true } };
  return asked;
}
