import assert from "node:assert/strict";
import { test } from "node:test";
import { client } from "./client.mjs";

const stripe = client();
const AMARA = "cus_T4qv4Qn42jKZ9G";
const MATEO = "cus_TT6bMT4UamxeFj";
const apiVersion = "2020-08-27";

test("a customer session lists what its filters show, and removes nothing", async () => {
  const method = await stripe.paymentMethods.attach("pm_card_visa", { customer: AMARA });
  await stripe.paymentMethods.update(method.id, { allow_redisplay: "limited" });
  const features = { payment_method_redisplay: "enabled", payment_method_allow_redisplay_filters: ["limited"] };
  const session = await stripe.customerSessions.create({
    customer: AMARA,
    components: { payment_element: { enabled: true, features } },
  });
  const element = client(session.client_secret);
  const { data } = await element.customers.listPaymentMethods(AMARA);
  assert.equal(data[0].id, method.id);
  assert.deepEqual(new Set(data.map((one) => one.allow_redisplay)), new Set(["limited"]));
  await assert.rejects(element.paymentMethods.detach(method.id), { type: "StripePermissionError" });
});

test("an ephemeral key opens one customer", async () => {
  const { secret } = await stripe.ephemeralKeys.create({ customer: AMARA }, { apiVersion });
  const sheet = client(secret, { apiVersion });
  const created = await stripe.paymentMethods.create({ type: "card", card: { token: "tok_visa" } });
  await sheet.paymentMethods.attach(created.id, { customer: AMARA });
  const { data } = await sheet.paymentMethods.list({ customer: AMARA, limit: 1 });
  assert.equal(data[0].id, created.id);
  assert.equal((await sheet.paymentMethods.detach(created.id)).customer, null);
  await assert.rejects(sheet.customers.retrieve(MATEO), { type: "StripePermissionError" });
  await assert.rejects(sheet.setupIntents.create({ customer: AMARA }), { type: "StripePermissionError" });
});
