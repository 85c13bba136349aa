// The story of a subscription, the same for every client: it receives changes, ends, and resumes at another replica.
import assert from "node:assert/strict";
import { test } from "node:test";
import { complaints, endpoint, token } from "../service.mjs";
import { texts } from "../documents.mjs";
import { proxy } from "./proxy.mjs";

const { DRAINING, DRAINING_PID, REMAINING } = process.env;
const getToken = () => token;

/** `open({ url, getToken, onChange })` subscribes, and returns the function that unsubscribes. */
export function tell(client, open) {
  test(`${client}: each change is received until the client unsubscribes`, async (t) => {
    const changes = received();
    const stop = await open({ url: endpoint, getToken, onChange: changes.add });
    t.after(stop);
    await subscriptions(1);
    const attached = await attach();
    const change = await changes.next();
    assert.equal(change.kind, "PAYMENT_METHOD_ATTACHED");
    assert.equal(change.paymentMethodId, attached);
    assert.equal(change.paymentMethod.displayLabel, "Visa •••• 4242");
    await stop();
    await subscriptions(0);
    await attach();
    assert.deepEqual(changes.unread(), []);
  });

  test(`${client}: no change is lost when the replica is drained`, async (t) => {
    const changes = received();
    const connection = await proxy(DRAINING);
    const stop = await open({ url: connection.url, getToken, onChange: changes.add });
    t.after(() => (stop(), connection.close()));
    await subscriptions(1, DRAINING);
    const before = await attach(REMAINING);
    assert.equal((await changes.next()).paymentMethodId, before);

    connection.to(undefined);
    process.kill(Number(DRAINING_PID), "SIGTERM");
    await until(() => connection.connections() === 0, "the replica ends the connection");
    const meanwhile = await attach(REMAINING);
    connection.to(REMAINING);
    assert.equal((await changes.next()).paymentMethodId, meanwhile);
    const after = await attach(REMAINING);
    assert.equal((await changes.next()).paymentMethodId, after);
    await stop();
    await subscriptions(0, REMAINING);
  });

  test(`${client}: the client had nothing to complain of`, () => assert.deepEqual(complaints, []));
}

/** A queue of changes. A change that is received again is left out, because delivery is at least once. */
export function received() {
  const queue = [];
  const ids = new Set();
  let arrived = () => {};
  return {
    add(change) {
      if (ids.has(change.id)) return;
      ids.add(change.id);
      queue.push(change);
      arrived();
    },
    async next() {
      if (!queue.length) await within(10_000, new Promise((resolve) => (arrived = resolve)), "a change");
      return queue.shift();
    },
    unread: () => queue,
  };
}

/** Attaches a card by an ordinary request. Returns its id. */
export async function attach(base = process.env.SERVICE) {
  const response = await fetch(`${base}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: texts.Attach, variables: { input: { paymentMethodId: "pm_card_visa" } } }),
  });
  const { data, errors } = await response.json();
  assert.equal(errors, undefined);
  return data.attachPaymentMethod.paymentMethodEdge.node.id;
}

/** Waits until the service has so many subscriptions. */
export async function subscriptions(count, base) {
  await until(async () => (await metric("attache_subscriptions", base)) === count, `${count} subscriptions`);
}

/** The value of the first sample whose name and labels start with this text; 0 if there is none. */
export async function metric(start, base = process.env.SERVICE) {
  const lines = (await (await fetch(`${base}/metrics`)).text()).split("\n");
  const line = lines.find((line) => line.startsWith(start) && /^[ ,}]/.test(line.slice(start.length)));
  return Number(line?.split(" ").at(-1) ?? 0);
}

export async function until(condition, what) {
  const end = Date.now() + 20_000;
  while (!(await condition())) {
    assert.ok(Date.now() < end, `timed out: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function within(time, promise, what) {
  let timer;
  const late = new Promise((_, reject) => (timer = setTimeout(() => reject(new Error(`timed out: ${what}`)), time)));
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
