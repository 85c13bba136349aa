import { documents } from "../documents.mjs";
import { makeLive } from "../live/clients.mjs";
import { tell } from "../live/story.mjs";
import { live } from "./live.mjs";
import { schema } from "./schema.mjs";
import { makeClient } from "./wallet.mjs";

tell("urql", ({ onChange, ...options }) => {
  const client = makeClient({ ...options, schema, exchanges: [live(makeLive(options))] });
  const changes = client.subscription(documents.WalletChanged, {});
  return changes.subscribe(({ data }) => onChange(data.walletChanged)).unsubscribe;
});
