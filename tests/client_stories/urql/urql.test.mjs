import assert from "node:assert/strict";
import { test } from "node:test";
import { persistedExchange } from "@urql/exchange-persisted";
import { documents } from "../documents.mjs";
import { endpoint, requestKinds, recording, token } from "../service.mjs";
import { tell } from "../story.mjs";
import { schema } from "./schema.mjs";
import { makeClient } from "./wallet.mjs";

function open(options) {
  const client = makeClient({ schema, ...options });
  const ask = async (name, variables, context) => good(await client.query(documents[name], variables, context));
  const list = () => client.readQuery(documents.Wallet, { first: 6 })?.data?.customer.paymentMethods;
  const mutate = async (name, input) => Object.values(good(await client.mutation(documents[name], { input })))[0];
  return {
    async more(variables) {
      const after = list()?.pageInfo.endCursor;
      await ask("Wallet", { first: 6, ...(after && { after }), ...variables });
      return list().pageInfo.hasNextPage;
    },
    async shown() {
      return list().edges.map(({ node }) => node);
    },
    reload: () => ask("Wallet", { first: 6 }, { requestPolicy: "network-only" }),
    method: (id) => ask("OneMethod", { id }),
    attach: (input) => mutate("Attach", input),
    detach: (input) => mutate("Detach", input),
    setDefault: (input) => mutate("SetDefault", input),
    beginToSave: (input) => mutate("BeginToSave", input),
    save: (input) => mutate("Save", input),
  };
}

/** urql gives errors back instead of raising them. */
function good({ data, error }) {
  if (error) throw error;
  return data;
}

tell("urql with its graph cache", open, { caches: true });

test("an attached card goes into the lists that it fits", async () => {
  const client = makeClient({ url: endpoint, getToken: () => token, schema });
  const lists = [{ first: 50 }, { first: 50, type: "CARD" }, { first: 50, type: "SEPA_DEBIT" }];
  for (const variables of lists) good(await client.query(documents.Wallet, variables));
  const read = (variables) => client.readQuery(documents.Wallet, variables).data.customer.paymentMethods.edges.length;
  const before = lists.map(read);
  const { attachPaymentMethod } = good(await client.mutation(documents.Attach, { input: { paymentMethodId: "pm_card_visa" } }));
  assert.deepEqual(lists.map(read), [before[0] + 1, before[1] + 1, before[2]]);
  good(await client.mutation(documents.Detach, { input: { paymentMethodId: attachPaymentMethod.paymentMethodEdge.node.id } }));
  assert.deepEqual(lists.map(read), before);
});

const persisted = () => persistedExchange({ preferGetForPersistedQueries: true, enableForMutation: true });

test("persisted queries: the text is sent once, then the hash by GET; mutations stay with POST", async () => {
  const { fetch, sent } = recording();
  const ask = async () => {
    const client = makeClient({ url: endpoint, getToken: () => token, schema, exchanges: [persisted()], fetch });
    assert.equal(good(await client.query(documents.Wallet, { first: 3 })).customer.paymentMethods.edges.length, 3);
    return client;
  };
  await ask();
  const client = await ask();
  for (const _ of [1, 2]) good(await client.mutation(documents.BeginToSave, { input: {} }));
  assert.deepEqual(requestKinds(sent), ["GET hash", "GET text", "GET hash", "POST hash", "POST text", "POST hash"]);
});
