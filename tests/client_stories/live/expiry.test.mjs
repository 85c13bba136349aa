import assert from "node:assert/strict";
import { test } from "node:test";
import { texts } from "../documents.mjs";
import { endpoint, token } from "../service.mjs";
import { makeLive, transport } from "./clients.mjs";
import { attach, metric, received, subscriptions, until } from "./story.mjs";

test(`graphql-${transport}: a subscription continues with a new token`, async (t) => {
  const changes = received();
  const tokens = [process.env.SHORT_TOKEN];
  const client = makeLive({ url: endpoint, getToken: () => tokens.shift() ?? token });
  const sink = { next: ({ data }) => changes.add(data.walletChanged), error: assert.fail, complete: assert.fail };
  t.after(client.subscribe({ query: texts.WalletChanged }, sink));
  await subscriptions(1);
  const expired = async () => (await metric('attache_subscriptions_ended_total{reason="token_expired"')) > 0;
  await until(expired, "the token expires");
  await subscriptions(1);
  assert.equal((await Promise.all([changes.next(), attach()]))[0].kind, "PAYMENT_METHOD_ATTACHED");
});
