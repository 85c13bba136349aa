// #region environment
import relay from "relay-runtime";

const { Environment, Network, RecordSource, Store } = relay;

export function makeEnvironment({ url, getToken, fetch = globalThis.fetch }) {
  const ask = async ({ id, text }, variables) => {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${await getToken()}` },
      // The compiler gives either the text or, where it persists documents, their id.
      body: JSON.stringify(id ? { documentId: id, variables } : { query: text, variables }),
    });
    const answer = await response.json();
    // Refusals are data; what stands here is a fault, which nobody should take for an empty wallet.
    if (answer.errors) throw Object.assign(new Error(answer.errors[0].message), { errors: answer.errors });
    return answer;
  };
  return new Environment({ network: Network.create(ask), store: new Store(new RecordSource()) });
}
// #endregion
