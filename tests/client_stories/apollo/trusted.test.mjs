import { readFileSync } from "node:fs";
import assert from "node:assert/strict";
import { test } from "node:test";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { generatePersistedQueryIdsFromManifest } from "@apollo/persisted-query-lists";
import { documents } from "../documents.mjs";
import { endpoint, requestKinds, recording, token } from "../service.mjs";
import { tell } from "../story.mjs";
import { open, possibleTypes } from "./screen.mjs";
import { makeClient } from "./wallet.mjs";

const loadManifest = () => JSON.parse(readFileSync(new URL("../generated/apollo-manifest.json", import.meta.url)));

const trusted = () => new PersistedQueryLink(generatePersistedQueryIdsFromManifest({ loadManifest }));

tell("Apollo Client by a manifest", (options) => open({ ...options, links: [trusted()] }), { caches: true });

test("no text is ever sent", async () => {
  const { fetch, sent } = recording();
  const client = makeClient({ url: endpoint, getToken: () => token, possibleTypes, links: [trusted()], fetch });
  const { data } = await client.query({ query: documents.Wallet, variables: { first: 3 } });
  assert.equal(data.customer.paymentMethods.edges.length, 3);
  await client.mutate({ mutation: documents.BeginToSave, variables: { input: {} } });
  assert.deepEqual(requestKinds(sent), ["POST hash", "POST hash"]);
});
