import relay from "relay-runtime";
import { makeLive } from "../live/clients.mjs";
import { tell } from "../live/story.mjs";
import { makeEnvironment } from "./environment.mjs";

const { default: subscription } = await import("../generated/relay/WalletChangedSubscription.graphql.js");

tell("Relay", ({ onChange, ...options }) => {
  const environment = makeEnvironment({ ...options, live: makeLive(options) });
  const onNext = ({ walletChanged }) => onChange(walletChanged);
  return relay.requestSubscription(environment, { subscription, variables: {}, onNext }).dispose;
});
