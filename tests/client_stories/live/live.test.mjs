import { texts } from "../documents.mjs";
import { makeLive, transport } from "./clients.mjs";
import { tell } from "./story.mjs";

tell(`graphql-${transport}`, ({ onChange, ...options }) =>
  makeLive(options).subscribe({ query: texts.WalletChanged }, { next: ({ data }) => onChange(data.walletChanged) }),
);
