import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { gql } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { documents } from "../documents.mjs";
import { endpoint, requestKinds, recording, token } from "../service.mjs";
import { DEFAULT, tell } from "../story.mjs";
import { open, possibleTypes } from "./screen.mjs";
import { hideDetached, makeClient, showAttached } from "./wallet.mjs";

tell("Apollo Client", open, { caches: true });

test("an attached card goes into the lists that it fits", async () => {
  const client = makeClient({ url: endpoint, getToken: () => token, possibleTypes });
  const lists = [{ first: 50 }, { first: 50, type: "CARD" }, { first: 50, type: "SEPA_DEBIT" }];
  for (const variables of lists) await client.query({ query: documents.Wallet, variables });
  const lengths = () =>
    lists.map((variables) => client.readQuery({ query: documents.Wallet, variables }).customer.paymentMethods.edges.length);
  const before = lengths();
  const variables = { input: { paymentMethodId: "pm_card_visa" } };
  const { data } = await client.mutate({ mutation: documents.Attach, variables, update: showAttached });
  const { errors } = data.attachPaymentMethod;
  assert.deepEqual(errors, []);
  assert.deepEqual(lengths(), [before[0] + 1, before[1] + 1, before[2]]);
  const detaching = { input: { paymentMethodId: data.attachPaymentMethod.paymentMethodEdge.node.id } };
  await client.mutate({ mutation: documents.Detach, variables: detaching, update: hideDetached });
  assert.deepEqual(lengths(), before);
});

test("queries that select different parts of one method share what they know", async () => {
  const { fetch, sent } = recording();
  const client = makeClient({ url: endpoint, getToken: () => token, possibleTypes, fetch });
  const parts = ["details { ... on Card { brand } }", "details { ... on Card { last4 } }", "billingDetails { name }", "billingDetails { email }"];
  const queries = parts.map((part) => gql`query Part { paymentMethod(id: "${DEFAULT}") { id ${part} } }`);
  for (const query of [...queries, ...queries]) await client.query({ query });
  assert.equal(sent.length, queries.length);
});

// #region persisted
const persisted = () =>
  new PersistedQueryLink({
    sha256: (text) => createHash("sha256").update(text).digest("hex"), // in a browser: crypto-hash's sha256
    useGETForHashedQueries: true,
  });
// #endregion

test("persisted queries: the text is sent once, then the hash by GET; mutations stay with POST", async () => {
  const { fetch, sent } = recording();
  const ask = async () => {
    const client = makeClient({ url: endpoint, getToken: () => token, possibleTypes, links: [persisted()], fetch });
    const { data } = await client.query({ query: documents.Wallet, variables: { first: 3 } });
    assert.equal(data.customer.paymentMethods.edges.length, 3);
    return client;
  };
  await ask();
  assert.deepEqual(requestKinds(sent), ["GET hash", "POST text"]);
  const client = await ask();
  for (const _ of [1, 2]) await client.mutate({ mutation: documents.BeginToSave, variables: { input: {} } });
  assert.deepEqual(requestKinds(sent.slice(2)), ["GET hash", "POST hash", "POST text", "POST hash"]);
});

test("persisted queries by POST alone", async () => {
  const { fetch, sent } = recording();
  const link = new PersistedQueryLink({ sha256: (text) => createHash("sha256").update(text).digest("hex") });
  const client = makeClient({ url: endpoint, getToken: () => token, possibleTypes, links: [link], fetch });
  const query = documents.OneMethod;
  for (const id of ["pm_1", "pm_2"]) assert.equal((await client.query({ query, variables: { id } })).data.node, null);
  assert.deepEqual(requestKinds(sent), ["POST hash", "POST text", "POST hash"]);
});
