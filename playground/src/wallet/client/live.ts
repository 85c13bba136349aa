/** Subscriptions as server-sent events (graphql-sse). They connect again for as long as the page is open. */
import { createClient, type RequestParams, type Sink } from "graphql-sse";
import { subscriptionExchange, type Exchange } from "urql";

import { makeStore, type Store } from "./store";

export type Connection = "connecting" | "live" | "lost";

export interface Live {
  connection: Store<Connection>;
  exchange: Exchange;
}

const RESTART_MS = 500;
const LONGEST_WAIT_MS = 8_000;

export function makeLive(url: string, fetchFn: typeof fetch): Live {
  const connection = makeStore<Connection>("connecting");
  const client = createClient({
    url,
    fetchFn,
    retryAttempts: Infinity,
    retry: (retries) => wait(Math.min(RESTART_MS * 2 ** retries, LONGEST_WAIT_MS)),
    on: {
      connecting: (again) => again && connection.set("lost"),
      connected: () => connection.set("live"),
    },
  });
  const exchange = subscriptionExchange({
    forwardSubscription: ({ query, variables }) => ({
      subscribe: (sink) => ({
        unsubscribe: subscribe(client, { query: query ?? "", variables }, sink, () => connection.set("lost")),
      }),
    }),
  });
  return { connection, exchange };
}

/** Starts again when the server ends the stream, for example because it restarts, or when it sends no stream. */
function subscribe(
  client: ReturnType<typeof createClient>,
  request: RequestParams,
  sink: Pick<Sink, "next">,
  onEnd: () => void,
) {
  let stop: () => void;
  const start = () => {
    const complete = () => restart(RESTART_MS);
    stop = client.subscribe(request, { next: sink.next, error: () => restart(LONGEST_WAIT_MS), complete });
  };
  const restart = (afterMs: number) => {
    onEnd();
    const timer = setTimeout(start, afterMs);
    stop = () => clearTimeout(timer);
  };
  start();
  return () => stop();
}

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
