import type { FetcherOpts, FetcherParams } from "@graphiql/toolkit";
import type { ExecutionResult } from "graphql";
import { createClient, NetworkError, type RequestParams } from "graphql-sse";

type Result = IteratorResult<ExecutionResult, undefined>;

/** How long a subscription stays open after another tab was opened. */
const OPEN_MS = 5 * 60_000;
const STOPPED: Result = { done: true, value: undefined };

/** The one subscription whose tab is not open, by what was sent. */
let waiting: { request: string; results: Results; timer: number } | undefined;

/**
 * The results of a subscription, received as server-sent events until GraphiQL stops it. GraphiQL also stops it when
 * another tab is opened: then it stays open for some minutes. If it is run again, it continues with the results that
 * were received in between.
 */
export function subscribe(operation: FetcherParams, options?: FetcherOpts): AsyncIterable<ExecutionResult> {
  const { query, variables, operationName } = operation;
  const headers = options?.headers ?? {};
  const request = JSON.stringify([query, variables, operationName, headers]);
  const results =
    (waiting?.request === request && continueWaiting()) ||
    new Results({ query, variables, operationName: operationName ?? undefined }, headers);
  const iterator = results.take(() => (tabWasClicked() ? wait(request, results) : results.close()));
  return { [Symbol.asyncIterator]: () => iterator };
}

function wait(request: string, results: Results) {
  continueWaiting()?.close();
  waiting = { request, results, timer: window.setTimeout(() => continueWaiting()?.close(), OPEN_MS) };
}

/** The results of the subscription that waits, which is no longer closed after some minutes. */
function continueWaiting() {
  const results = waiting?.results;
  clearTimeout(waiting?.timer);
  waiting = undefined;
  return results;
}

/** Whether the event that is being handled is a click on a tab. */
function tabWasClicked() {
  const target = window.event?.target;
  return target instanceof Element && target.closest("[role=tab]") !== null;
}

/** The results of one subscription. They are received even while nothing takes them. */
class Results {
  readonly #received;
  #next: Promise<Result> | undefined;

  constructor(operation: RequestParams, headers: Record<string, string>) {
    const client = createClient({ url: window.location.pathname, headers, retryAttempts: 0 });
    this.#received = client.iterate(operation) as AsyncIterableIterator<ExecutionResult>;
  }

  /** An iterator over the results from now on. `onStop` is called when it is stopped. */
  // Not an async generator: its return() would wait for the next result.
  take(onStop: () => void): AsyncIterator<ExecutionResult, undefined> {
    let stop!: (result: Result) => void;
    const stopped = new Promise<Result>((resolve) => (stop = resolve));
    return {
      next: async () => {
        this.#next ??= this.#received.next().catch(rejection) as Promise<Result>;
        const result = await Promise.race([stopped, this.#next]);
        if (result !== STOPPED) this.#next = undefined;
        return result;
      },
      return: async () => {
        stop(STOPPED);
        onStop();
        return STOPPED;
      },
    };
  }

  close() {
    void this.#received.return!();
  }
}

/** The server's response to a request that it rejected, as a result. Throws any other error. */
async function rejection(error: unknown): Promise<IteratorResult<ExecutionResult>> {
  const response = error instanceof NetworkError ? (error as NetworkError<Response>).response : undefined;
  const value = await response?.json().catch(() => undefined);
  if (!value) throw error;
  return { done: false, value };
}
