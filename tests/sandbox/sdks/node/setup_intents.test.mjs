import assert from "node:assert/strict";
import { test } from "node:test";
import { client } from "./client.mjs";

const stripe = client();
const browser = client("pk_test_123");
const JENNY = "cus_NbZ8Ki3f322LNn";

async function confirmed(payment_method, extra = {}) {
  const intent = await stripe.setupIntents.create({
    customer: JENNY,
    usage: "off_session",
    automatic_payment_methods: { enabled: true },
    metadata: { cart: "7" },
  });
  const { client_secret } = intent;
  return browser.setupIntents.confirm(intent.id, { client_secret, payment_method, ...extra });
}

async function press(intent, outcome) {
  const { url } = intent.next_action.redirect_to_url;
  assert.match(await (await fetch(url)).text(), /Complete authentication/);
  return fetch(url, { method: "POST", body: new URLSearchParams({ outcome }), redirect: "manual" });
}

test("confirmed by the payer's device", async () => {
  const seen = await confirmed("pm_card_visa");
  assert.equal(seen.status, "succeeded");
  assert.equal(seen.customer, undefined);
  const intent = await stripe.setupIntents.retrieve(seen.id, { expand: ["payment_method"] });
  assert.equal(intent.payment_method.customer, JENNY);
  assert.equal((await stripe.paymentMethods.attach(intent.payment_method.id, { customer: JENNY })).customer, JENNY);
});

test("declined", async () => {
  await assert.rejects(confirmed("pm_card_visa_chargeDeclined"), (error) => {
    assert.equal(error.type, "StripeCardError");
    assert.equal(error.setup_intent.status, "requires_payment_method");
    return true;
  });
});

test("3-D Secure passed", async () => {
  const waiting = await confirmed("pm_card_authenticationRequired", { return_url: "https://shop.example/done" });
  assert.equal(waiting.status, "requires_action");
  const back = await press(waiting, "complete");
  assert.match(back.headers.get("location"), /^https:\/\/shop\.example\/done\?.*redirect_status=succeeded/);
  assert.equal((await stripe.setupIntents.retrieve(waiting.id)).status, "succeeded");
});

test("3-D Secure failed", async () => {
  const waiting = await confirmed("pm_card_authenticationRequired");
  await press(waiting, "fail");
  const intent = await stripe.setupIntents.retrieve(waiting.id);
  assert.equal(intent.last_setup_error.code, "setup_intent_authentication_failure");
  assert.equal((await stripe.setupIntents.cancel(intent.id)).status, "canceled");
});

test("a publishable key gets no further", async () => {
  await assert.rejects(browser.customers.list(), { type: "StripePermissionError", code: "secret_key_required" });
});

test("subscriptions of a customer", async () => {
  const { data } = await stripe.subscriptions.list({ customer: "cus_T4qv4Qn42jKZ9G", expand: ["data.default_payment_method"] });
  assert.deepEqual(data.map(({ default_payment_method: pm }) => pm.card.brand), ["mastercard"]);
});
