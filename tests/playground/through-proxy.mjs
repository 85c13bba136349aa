// A page that a proxy serves subscribes with the browser's own means. Run by test_through_proxies.py.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, visit } from "./browser.mjs";

const { PROXY } = process.env;
const JENNY = "cus_NbZ8Ki3f322LNn";
const query = `subscription { walletChanged(customerId: "${JENNY}") { kind paymentMethod { displayLabel } } }`;
const ATTACH = `mutation { attachPaymentMethod(input: {customerId: "${JENNY}", paymentMethodId: "pm_card_visa"}) { errors { code } } }`;
let browser, page, seen;

before(async () => {
  browser = await launch();
  ({ page, seen } = await visit(browser, `${PROXY}/graphql`));
});
after(() => browser?.close());

/** What the page receives from its subscription, which it opens by `subscribe` and which calls `attach` when it is active. */
function received(subscribe) {
  const attach = `(() => fetch("/graphql", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query: ${JSON.stringify(ATTACH)} }),
  }))`;
  return page.evaluate(`(${subscribe})(${JSON.stringify(query)}, ${attach})`);
}

const byEvents = async (query, attach) => {
  const response = await fetch("/graphql", {
    method: "POST",
    headers: { "content-type": "application/json", accept: "text/event-stream" },
    body: JSON.stringify({ query }),
  });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  await reader.read(); // The first heartbeat: the subscription is active.
  await attach();
  let text = "";
  while (!/^data: .+\n/m.test(text)) text += (await reader.read()).value;
  await reader.cancel();
  return JSON.parse(/^data: (.+)$/m.exec(text)[1]);
};

const byWebSocket = (query, attach) =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://${location.host}/graphql`, "graphql-transport-ws");
    const send = (message) => socket.send(JSON.stringify(message));
    socket.onerror = () => reject(new Error("no WebSocket"));
    socket.onopen = () => send({ type: "connection_init" });
    socket.onmessage = ({ data }) => {
      const { type, id, payload } = JSON.parse(data);
      if (type === "connection_ack") {
        send({ type: "subscribe", id: "1", payload: { query } });
        // The answer to a query shows that the subscription before it was received.
        send({ type: "subscribe", id: "2", payload: { query: "{ viewer { kind } }" } });
      }
      if (type === "complete" && id === "2") setTimeout(attach, 300);
      if (type === "next" && id === "1") {
        socket.close();
        resolve(payload);
      }
    };
  });

for (const [transport, subscribe] of Object.entries({ "server-sent events": byEvents, "a WebSocket": byWebSocket })) {
  test(`a change arrives over ${transport}`, async () => {
    const { errors, data } = await received(subscribe);
    assert.equal(errors, undefined);
    assert.equal(data.walletChanged.kind, "PAYMENT_METHOD_ATTACHED");
    assert.equal(data.walletChanged.paymentMethod.displayLabel, "Visa •••• 4242");
  });
}

test("the page's policy allows both", () => {
  assert.deepEqual(seen.complaints.filter((words) => words.startsWith("policy")), []);
});
