// #region lasting
const codeOf = (errors) => errors?.[0]?.extensions?.code;
const isFinal = (code) => ["BAD_USER_INPUT", "FORBIDDEN"].includes(code);

/** The same client, but it subscribes again when the service ends a subscription because its token expired. */
export const lasting = (client, { pause = 1000 } = {}) => ({
  subscribe(operation, sink) {
    let unsubscribe;
    let stopped = false;
    let code;
    const next = (result) => {
      code = codeOf(result.errors);
      if (code !== "UNAUTHENTICATED") sink.next(result);
    };
    const again = () => setTimeout(() => stopped || subscribe(), pause);
    const error = (error) => (isFinal(codeOf(error)) ? sink.error(error) : again());
    const complete = () => (isFinal(code) ? sink.complete() : again());
    const subscribe = () => {
      unsubscribe = client.subscribe(operation, { next, error, complete });
    };
    subscribe();
    return () => {
      stopped = true;
      unsubscribe();
    };
  },
});
// #endregion
