// #region once
/**
 * Sends a mutation, and repeats it with the same idempotency key while its outcome is open: the connection broke, or
 * the service reports UNKNOWN or PARTIAL.
 */
export async function once(send, { tries = 3, pause = 1000 } = {}) {
  const idempotencyKey = crypto.randomUUID();
  for (let left = tries; ; left--) {
    try {
      return await send(idempotencyKey);
    } catch (error) {
      if (left === 1 || !isOpen(error)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

function isOpen(error) {
  const errors = error.errors ?? error.graphQLErrors ?? error.response?.errors ?? [];
  const outcomes = errors.map(({ extensions }) => extensions?.outcome);
  return errors.length === 0 || outcomes.includes("UNKNOWN") || outcomes.includes("PARTIAL");
}
// #endregion
