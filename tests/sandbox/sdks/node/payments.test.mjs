import assert from "node:assert/strict";
import { test } from "node:test";
import { client } from "./client.mjs";

const stripe = client();
const browser = client("pk_test_123");
const JENNY = "cus_NbZ8Ki3f322LNn";
const BACK = { return_url: "https://shop.example/done" };
const SAVED = { amount: 1099, currency: "usd", customer: JENNY, setup_future_usage: "off_session" };

function pay({ id, client_secret }, params) {
  return browser.paymentIntents.confirm(id, { client_secret, ...BACK, ...params });
}

async function timesInWallet(id) {
  const { data } = await stripe.customers.listPaymentMethods(JENNY, { limit: 100 });
  return data.filter((method) => method.id === id).length;
}

async function settle(intent) {
  const body = JSON.stringify({ payment_intent: intent.id });
  const response = await fetch(`${process.env.SANDBOX}/_sandbox/payments`, { method: "POST", body });
  assert.equal(response.status, 200);
}

test("3-D Secure, one saved method, and a payment without the customer", async () => {
  const intent = await stripe.paymentIntents.create(SAVED);
  const waiting = await pay(intent, { payment_method: "pm_card_authenticationRequiredOnSetup" });
  assert.equal(waiting.status, "requires_action");
  const body = new URLSearchParams({ outcome: "complete" });
  await fetch(waiting.next_action.redirect_to_url.url, { method: "POST", body, redirect: "manual" });
  const paid = await stripe.paymentIntents.retrieve(intent.id, { expand: ["latest_charge"] });
  assert.deepEqual([paid.status, paid.latest_charge.paid], ["succeeded", true]);
  assert.equal(await timesInWallet(paid.payment_method), 1);
  const absent = { off_session: true, confirm: true, payment_method: paid.payment_method, ...BACK };
  const again = await stripe.paymentIntents.create({ amount: 500, currency: "usd", customer: JENNY, ...absent });
  assert.equal(again.status, "succeeded");
  assert.equal(await timesInWallet(paid.payment_method), 1);
});

test("a decline and another try", async () => {
  const intent = await stripe.paymentIntents.create(SAVED);
  await assert.rejects(pay(intent, { payment_method: "pm_card_visa_chargeDeclined" }), (error) => {
    assert.equal(error.type, "StripeCardError");
    assert.equal(error.payment_intent.status, "requires_payment_method");
    return error.statusCode === 402;
  });
  assert.equal((await pay(intent, { payment_method: "pm_card_visa" })).status, "succeeded");
  const { data } = await stripe.charges.list({ payment_intent: intent.id });
  assert.deepEqual(
    data.map(({ status }) => status),
    ["succeeded", "failed"],
  );
});

test("a debit that succeeds and one that fails", async () => {
  for (const [payment_method, status] of [
    ["pm_usBankAccount_success", "succeeded"],
    ["pm_usBankAccount_accountClosed", "requires_payment_method"],
  ]) {
    const intent = await stripe.paymentIntents.create(SAVED);
    assert.equal((await pay(intent, { payment_method })).status, "processing");
    await settle(intent);
    assert.equal((await stripe.paymentIntents.retrieve(intent.id)).status, status);
  }
});
