import assert from "node:assert/strict";
import { test } from "node:test";
import { endpoint, token } from "../service.mjs";
import { tell } from "../story.mjs";
import { messageFor, open } from "../generated/typed/typed/wallet.js";

const trusted = Boolean(process.env.TRUSTED);

tell(`graphql-codegen, ${trusted ? "ids of trusted documents" : "texts"}`, (service) => open({ ...service, trusted }));

test("what the types know is true", async () => {
  const wallet = open({ url: endpoint, getToken: () => token, trusted });
  const methods = await wallet.shown();
  const digits = (type) => methods.find((method) => method.type === type).digits;
  assert.deepEqual(["CARD", "SEPA_DEBIT", "US_BANK_ACCOUNT", "PAYPAL"].map(digits), [methods[0].digits, "2606", "6789", null]);
  const { errors } = await wallet.attach({ paymentMethodId: "pm_card_visa_chargeDeclinedInsufficientFunds" });
  assert.deepEqual(errors.map(messageFor), ["There is not enough money."]);
});
