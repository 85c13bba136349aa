// A wallet's changes as server-sent events.
import { backoff } from "./backoff.mjs";

// #region client
import { createClient } from "graphql-sse";

/** Resumes after the last change when it connects again. Create one client for each wallet. */
export function makeSseClient({ url, getToken, retry = backoff }) {
  let position;
  return createClient({
    url,
    headers: async () => ({
      authorization: `Bearer ${await getToken()}`,
      ...(position && { "last-event-id": position }),
    }),
    on: { message: ({ data }) => (position = data?.data?.walletChanged?.id ?? position) },
    retryAttempts: Infinity,
    retry,
  });
}
// #endregion
