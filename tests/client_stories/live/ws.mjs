// A wallet's changes over a WebSocket.
import { backoff } from "./backoff.mjs";

// #region client
import { createClient } from "graphql-ws";

/** Resumes after the last change when it connects again. Create one client for each wallet. */
export function makeWsClient({ url, getToken, retry = backoff, webSocketImpl }) {
  let position;
  return createClient({
    url: url.replace(/^http/, "ws"),
    connectionParams: async () => ({
      authorization: `Bearer ${await getToken()}`,
      ...(position && { after: position }),
    }),
    on: { message: ({ payload }) => (position = payload?.data?.walletChanged?.id ?? position) },
    retryAttempts: Infinity,
    retryWait: retry,
    shouldRetry: () => true, // also if the connection was refused
    webSocketImpl, // for Node before version 22
  });
}
// #endregion
