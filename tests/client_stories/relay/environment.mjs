// #region environment
import relay from "relay-runtime";

const { Environment, Network, Observable, RecordSource, Store } = relay;

/** `live` is a client of graphql-sse or graphql-ws, for subscriptions. */
export function makeEnvironment({ url, getToken, live, fetch = globalThis.fetch }) {
  const execute = async ({ id, text }, variables) => {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${await getToken()}` },
      // The compiler provides the text or, if it persists documents, their id.
      body: JSON.stringify(id ? { documentId: id, variables } : { query: text, variables }),
    });
    const result = await response.json();
    // User errors are in the payload. A top-level error must not look like an empty wallet.
    if (result.errors) throw Object.assign(new Error(result.errors[0].message), { errors: result.errors });
    return result;
  };
  const subscribe = ({ text }, variables) =>
    Observable.create((sink) => live.subscribe({ query: text, variables }, sink));
  return new Environment({ network: Network.create(execute, subscribe), store: new Store(new RecordSource()) });
}
// #endregion
