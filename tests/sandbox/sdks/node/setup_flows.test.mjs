import assert from "node:assert/strict";
import { test } from "node:test";
import { client } from "./client.mjs";

const stripe = client();
const browser = client("pk_test_123");
const JENNY = "cus_NbZ8Ki3f322LNn";
const BACK = { return_url: "https://shop.example/done" };

function confirm({ id, client_secret }, params) {
  return browser.setupIntents.confirm(id, { client_secret, ...BACK, ...params });
}

async function approve({ next_action }) {
  const body = new URLSearchParams({ outcome: "complete" });
  const response = await fetch(next_action.redirect_to_url.url, { method: "POST", body, redirect: "manual" });
  assert.equal(response.status, 303);
}

test("iDEAL is saved as a SEPA debit", async () => {
  const intent = await stripe.setupIntents.create({ customer: JENNY });
  await approve(await confirm(intent, { payment_method_data: { type: "ideal" } }));
  const { data } = await stripe.setupAttempts.list({
    setup_intent: intent.id,
    expand: ["data.payment_method_details.ideal.generated_sepa_debit"],
  });
  const generated = data[0].payment_method_details.ideal.generated_sepa_debit;
  assert.equal(generated.customer, JENNY);
  assert.equal(generated.sepa_debit.generated_from.setup_attempt, data[0].id);
});

test("a US bank account is verified with microdeposits and has a mandate", async () => {
  const intent = await stripe.setupIntents.create({ customer: JENNY });
  const us_bank_account = {
    account_number: "000123456789",
    routing_number: "110000000",
    account_holder_type: "individual",
  };
  await confirm(intent, { payment_method_data: { type: "us_bank_account", us_bank_account } });
  const verified = await stripe.setupIntents.verifyMicrodeposits(intent.id, { amounts: [32, 45] });
  assert.equal((await stripe.mandates.retrieve(verified.mandate)).status, "active");
});

test("a confirmation token", async () => {
  const payment_method_data = { type: "card", card: { token: "tok_visa" } };
  const token = await stripe.testHelpers.confirmationTokens.create({ payment_method_data, ...BACK });
  const intent = await stripe.setupIntents.create({ customer: JENNY, confirm: true, confirmation_token: token.id });
  assert.equal(intent.status, "succeeded");
  assert.equal((await stripe.confirmationTokens.retrieve(token.id)).setup_intent, intent.id);
});
