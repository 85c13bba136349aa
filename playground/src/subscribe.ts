import type { FetcherOpts, FetcherParams } from "@graphiql/toolkit";
import type { ExecutionResult } from "graphql";
import { createClient, NetworkError } from "graphql-sse";

/** The results of a subscription, received as server-sent events until GraphiQL stops it. */
export function subscribe(operation: FetcherParams, options?: FetcherOpts): AsyncIterable<ExecutionResult> {
  const { query, variables, operationName } = operation;
  const client = createClient({ url: window.location.pathname, headers: options?.headers ?? {}, retryAttempts: 0 });
  const results = client.iterate({ query, variables, operationName: operationName ?? undefined });
  // Not an async generator: its return() would wait for the next result before it closes the connection.
  const iterator = {
    next: () => (results.next() as Promise<IteratorResult<ExecutionResult>>).catch(rejection),
    return: () => results.return!() as Promise<IteratorResult<ExecutionResult>>,
  };
  return { [Symbol.asyncIterator]: () => iterator };
}

/** The server's response to a request that it rejected, as a result. Throws any other error. */
async function rejection(error: unknown): Promise<IteratorResult<ExecutionResult>> {
  const response = error instanceof NetworkError ? (error as NetworkError<Response>).response : undefined;
  const value = await response?.json().catch(() => undefined);
  if (!value) throw error;
  return { done: false, value };
}
