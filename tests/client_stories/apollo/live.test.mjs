import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { documents } from "../documents.mjs";
import { makeLive, transport } from "../live/clients.mjs";
import { tell } from "../live/story.mjs";
import { forSubscriptions, SseLink } from "./live.mjs";
import { possibleTypes } from "./screen.mjs";
import { makeClient } from "./wallet.mjs";

const Link = { sse: SseLink, ws: GraphQLWsLink }[transport];

tell("Apollo Client", ({ onChange, ...options }) => {
  const links = [forSubscriptions(new Link(makeLive(options)))];
  const changes = makeClient({ ...options, possibleTypes, links }).subscribe({ query: documents.WalletChanged });
  const subscription = changes.subscribe(({ data }) => onChange(data.walletChanged));
  return () => subscription.unsubscribe();
});
