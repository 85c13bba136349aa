import { texts } from "../documents.mjs";
import { tell } from "../story.mjs";
import { makeClient, pages } from "./wallet.mjs";

function open(options) {
  const client = makeClient(options);
  let reading;
  const mutate = async (name, input) => Object.values(await client.request(texts[name], { input }))[0];
  return {
    async more({ after } = {}) {
      if (!reading || after) reading = pages(client, texts.Wallet, { first: 6, after });
      const { value } = await reading.next();
      return value.pageInfo.hasNextPage;
    },
    async shown() {
      const methods = [];
      for await (const { edges } of pages(client, texts.Wallet)) methods.push(...edges.map(({ node }) => node));
      return methods;
    },
    reload: () => client.request(texts.Wallet, { first: 6 }),
    method: (id) => client.request(texts.OneMethod, { id }),
    attach: (input) => mutate("Attach", input),
    detach: (input) => mutate("Detach", input),
    setDefault: (input) => mutate("SetDefault", input),
    beginToSave: (input) => mutate("BeginToSave", input),
    save: (input) => mutate("Save", input),
  };
}

tell("graphql-request", open);
