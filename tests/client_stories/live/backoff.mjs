// #region backoff
/** Waits before the client connects again: up to 30 seconds, and at random, so that not all clients come at once. */
export const backoff = (retries) =>
  new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(30_000, 1000 * 2 ** retries)));
// #endregion
