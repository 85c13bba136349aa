import { createGraphiQLFetcher, type Fetcher, type FetcherParams } from "@graphiql/toolkit";
import { getOperationAST, OperationTypeNode, parse, type OperationDefinitionNode } from "graphql";

import { showsCalls } from "./server";
import { subscribe } from "./subscribe";

// The page and the endpoint have the same URL, with any path prefix of a proxy.
const post = createGraphiQLFetcher({ url: window.location.pathname, enableIncrementalDelivery: false });

/** Sends operations to the server. If the server offers it, the response lists the REST calls. */
export const fetcher: Fetcher = (operation, options) => {
  const named = withTrueName(operation);
  if (isSubscription(named)) return subscribe(named, options);
  return post(showsCalls ? withCalls(named) : named, options);
};

/**
 * Right after a tab change, GraphiQL still sends the operation name of the previous tab. The only operation of a document
 * always gets its own name, so that the same subscription is always the same request.
 */
function withTrueName({ operationName, ...operation }: FetcherParams): FetcherParams {
  const executed = operationOf(operation.query, operationName) ?? operationOf(operation.query);
  return executed?.name ? { ...operation, operationName: executed.name.value } : operation;
}

function isSubscription({ query, operationName }: FetcherParams): boolean {
  return operationOf(query, operationName)?.operation === OperationTypeNode.SUBSCRIPTION;
}

/** The operation that would be executed, null if there is none, or undefined if the document is not valid syntax. */
function operationOf(document: string, operationName?: string | null): OperationDefinitionNode | null | undefined {
  try {
    return getOperationAST(parse(document), operationName);
  } catch {
    return undefined;
  }
}

function withCalls(operation: FetcherParams): FetcherParams {
  const asked = { ...operation, extensions: { calls: true } };
  return asked;
}
