import assert from "node:assert/strict";
import { test } from "node:test";
import { client } from "./client.mjs";

const stripe = client();
const JENNY = "cus_NbZ8Ki3f322LNn";
const recurring = { interval: "month" };
const price_data = { currency: "eur", product: "prod_tea", recurring, unit_amount: 900 };

test("a subscription follows the card", async () => {
  const first = await stripe.paymentMethods.attach("pm_card_visa", { customer: JENNY });
  const second = await stripe.paymentMethods.attach("pm_card_mastercard", { customer: JENNY });
  const { id } = await stripe.subscriptions.create({
    customer: JENNY,
    items: [{ price_data, quantity: 2 }],
    default_payment_method: first.id,
  });
  await stripe.subscriptions.update(id, { default_payment_method: second.id });
  const { data } = await stripe.subscriptions.list({ customer: JENNY, expand: ["data.default_payment_method"] });
  assert.deepEqual(
    data.map((found) => found.default_payment_method.card.brand),
    ["mastercard"],
  );
  assert.equal((await stripe.subscriptions.update(id, { default_payment_method: "" })).default_payment_method, null);
  assert.equal((await stripe.subscriptions.cancel(id)).status, "canceled");
  await assert.rejects(stripe.subscriptions.cancel(id), { statusCode: 404, code: "resource_missing", param: "id" });
});

test("somebody else's card can not pay", async () => {
  const pm = await stripe.paymentMethods.attach("pm_card_visa", { customer: "cus_TT6bMT4UamxeFj" });
  const wrong = { customer: JENNY, items: [{ price_data }], default_payment_method: pm.id };
  await assert.rejects(stripe.subscriptions.create(wrong), (error) => {
    assert.match(error.message, /^The customer does not have a payment method with the ID pm_/);
    assert.equal(error.param, "payment_method");
    assert.equal(error.code, undefined);
    return true;
  });
});
