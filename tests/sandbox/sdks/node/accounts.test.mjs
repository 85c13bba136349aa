import assert from "node:assert/strict";
import { test } from "node:test";
import { client } from "./client.mjs";

const stripe = client();
const browser = client("pk_test_123");
const ACCOUNT = "acct_1SQ7ZkLkdIwHu7ix";
const CAMILLE = "cus_TRw8mNc4LkPz2B";
const cafe = { stripeAccount: "acct_1SPk3RKqZ8mWc5Ld" };

async function saved(params, options) {
  const intent = await stripe.setupIntents.create(params, options);
  const confirmation = { client_secret: intent.client_secret, payment_method: "pm_card_visa" };
  assert.equal((await browser.setupIntents.confirm(intent.id, confirmation, options)).status, "succeeded");
  const { payment_method } = await stripe.setupIntents.retrieve(intent.id, { expand: ["payment_method"] }, options);
  return payment_method;
}

test("an Account is the customer", async () => {
  const pm = await saved({ customer_account: ACCOUNT });
  assert.equal(pm.customer_account, ACCOUNT);
  const settings = { default_payment_method: pm.id };
  const customer = await stripe.customers.update(ACCOUNT, { invoice_settings: settings });
  assert.equal(customer.invoice_settings.default_payment_method, pm.id);
  const { data } = await stripe.paymentMethods.list({ customer_account: ACCOUNT });
  assert.equal(data[0].id, pm.id);
  assert.equal((await stripe.paymentMethods.detach(pm.id)).customer_account, null);
  const both = { customer: pm.customer, customer_account: ACCOUNT };
  await assert.rejects(stripe.paymentMethods.list(both), { statusCode: 400, param: "customer" });
});

test("a connected account has its own wallets", async () => {
  const pm = await saved({ customer: CAMILLE }, cafe);
  assert.equal(pm.customer, CAMILLE);
  await assert.rejects(stripe.paymentMethods.retrieve(pm.id), { statusCode: 404, code: "resource_missing" });
  const { data } = await stripe.events.list({ type: "payment_method.attached" }, cafe);
  assert.deepEqual([data[0].account, data[0].data.object.id], [cafe.stripeAccount, pm.id]);
  assert.equal((await stripe.paymentMethods.detach(pm.id, {}, cafe)).customer, null);
});

test("an account that is not connected", async () => {
  await assert.rejects(stripe.customers.list({}, { stripeAccount: "acct_x" }), {
    type: "StripePermissionError",
    code: "account_invalid",
  });
});
