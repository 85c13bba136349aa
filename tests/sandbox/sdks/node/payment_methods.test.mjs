import assert from "node:assert/strict";
import { test } from "node:test";
import { client } from "./client.mjs";

const stripe = client();
const JENNY = "cus_NbZ8Ki3f322LNn";

test("attach and detach", async () => {
  const customer = await stripe.customers.create({ name: "Jenny Rosen", metadata: { plan: "family" } });
  const pm = await stripe.paymentMethods.attach("pm_card_visa", { customer: customer.id });
  assert.match(pm.id, /^pm_1/);
  assert.equal(pm.card.checks.cvc_check, "pass");
  assert.equal((await stripe.paymentMethods.attach(pm.id, { customer: customer.id })).id, pm.id);
  await assert.rejects(stripe.paymentMethods.attach(pm.id, { customer: JENNY }), {
    type: "StripeInvalidRequestError",
    message: "The payment method you provided has already been attached to a customer.",
    statusCode: 400,
  });
  assert.equal((await stripe.paymentMethods.detach(pm.id)).customer, null);
  await assert.rejects(stripe.paymentMethods.detach(pm.id), /detachment is impossible/);
  await assert.rejects(stripe.paymentMethods.attach(pm.id, { customer: customer.id }), /may not be used again/);
});

test("expand", async () => {
  const customer = await stripe.customers.create({
    payment_method: "pm_card_visa",
    invoice_settings: { default_payment_method: "pm_card_visa" },
    expand: ["invoice_settings.default_payment_method"],
  });
  const pm = customer.invoice_settings.default_payment_method;
  assert.equal((await stripe.paymentMethods.retrieve(pm.id, { expand: ["customer"] })).customer.id, customer.id);
});

test("auto-paging over 250 methods", async () => {
  const customer = (await stripe.customers.create()).id;
  const made = [];
  for (let count = 0; count < 250; count++) {
    made.unshift((await stripe.paymentMethods.attach("pm_card_visa", { customer })).id);
  }
  const listed = [];
  for await (const pm of stripe.customers.listPaymentMethods(customer, { limit: 100 })) listed.push(pm.id);
  assert.deepEqual(listed, made);
});

test("decline", async () => {
  await assert.rejects(
    stripe.paymentMethods.attach("pm_card_visa_chargeDeclinedInsufficientFunds", { customer: JENNY }),
    { type: "StripeCardError", code: "card_declined", decline_code: "insufficient_funds", statusCode: 402 },
  );
});

test("unknown ids", async () => {
  const missing = { type: "StripeInvalidRequestError", code: "resource_missing" };
  await assert.rejects(stripe.paymentMethods.retrieve("pm_x"), { ...missing, param: "payment_method", statusCode: 404 });
  await assert.rejects(stripe.paymentMethods.attach("pm_card_visa", { customer: "cus_x" }), {
    ...missing,
    param: "customer",
    statusCode: 400,
  });
  await assert.rejects(stripe.paymentMethods.retrieve("pm a/b"), { ...missing, statusCode: 404 });
});

test("idempotency key", async () => {
  const options = { idempotencyKey: "node-1" };
  const first = await stripe.customers.create({ name: "Jenny" }, options);
  assert.equal((await stripe.customers.create({ name: "Jenny" }, options)).id, first.id);
  await assert.rejects(stripe.customers.create({ name: "Other" }, options), { type: "StripeIdempotencyError" });
});

test("an answer that was lost is asked for again", async () => {
  const customer = (await stripe.customers.create()).id;
  const pm = await stripe.paymentMethods.attach("pm_card_visa", { customer });
  const fault = { kind: "drop_after", path: "/detach$" };
  await fetch(`${process.env.SANDBOX}/_sandbox/faults`, { method: "POST", body: JSON.stringify(fault) });
  assert.equal((await stripe.paymentMethods.detach(pm.id)).customer, null);
});

test("wrong key", async () => {
  await assert.rejects(client("sk_live_abcdefghijkl1234").customers.list(), { type: "StripeAuthenticationError" });
});
