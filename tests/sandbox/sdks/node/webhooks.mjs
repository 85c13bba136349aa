// Verifies one delivery, given in the environment. Run by test_webhooks.py.
import assert from "node:assert/strict";
import { test } from "node:test";
import { client } from "./client.mjs";

const { webhooks } = client();
const { BODY, SECRET, SIGNATURE } = process.env;
const refused = { type: "StripeSignatureVerificationError" };

test("an event", () => {
  const event = webhooks.constructEvent(Buffer.from(BODY), SIGNATURE, SECRET);
  assert.equal(event.type, "payment_method.detached");
  assert.equal(event.data.previous_attributes.customer, "cus_NbZ8Ki3f322LNn");
});

test("another secret", () => {
  assert.throws(() => webhooks.constructEvent(BODY, SIGNATURE, "whsec_of_another"), refused);
});

test("an old timestamp", () => {
  const timestamp = Number(/t=(\d+)/.exec(SIGNATURE)[1]) - 301;
  const header = webhooks.generateTestHeaderString({ payload: BODY, secret: SECRET, timestamp });
  assert.throws(() => webhooks.constructEvent(BODY, header, SECRET), refused);
});

test("changed bytes", () => {
  assert.throws(() => webhooks.constructEvent(`${BODY} `, SIGNATURE, SECRET), refused);
  assert.throws(() => webhooks.constructEvent(JSON.stringify(JSON.parse(BODY)), SIGNATURE, SECRET), refused);
});
