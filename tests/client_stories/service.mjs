// The service of a story: its address, a customer's token, and the sandbox behind it.
const base = process.env.SERVICE;

export const endpoint = `${base}/graphql`;
export const token = process.env.TOKEN;

/** A fetch that keeps what it was asked to send: the method, the members of the operation. */
export function recording() {
  const sent = [];
  const send = (url, { method = "GET", ...options } = {}) => {
    const members = options.body ? JSON.parse(options.body) : Object.fromEntries(new URL(url).searchParams);
    sent.push({ method, members });
    return fetch(url, { method, ...options });
  };
  return { fetch: send, sent };
}

/** How each request named its document: by its text or by something shorter. */
export const requestKinds = (sent) => sent.map(({ method, members }) => `${method} ${members.query ? "text" : "hash"}`);

/** The next tries of a call to Stripe do their work, and their responses are lost, so the outcome is unknown. */
export async function loseAnswers(path, times) {
  const body = JSON.stringify({ kind: "error_after", method: "POST", path, times });
  await fetch(`${base}/_sandbox/faults`, { method: "POST", body });
}

/** How often something was really done. */
export async function timesDone(operation) {
  const { entries } = await (await fetch(`${base}/_sandbox/ledger`)).json();
  return entries.filter((entry) => entry.operation === operation).length;
}

/** The console output of clients during a story: their warnings about the schema or about how they are used. */
export const complaints = [];
for (const level of ["warn", "error"]) console[level] = (...words) => complaints.push(words.join(" "));
