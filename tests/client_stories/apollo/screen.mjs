// A wallet's screen over Apollo Client.
import { readFileSync } from "node:fs";
import { documents } from "../documents.mjs";
import { hideDetached, makeClient, showAttached } from "./wallet.mjs";

export const possibleTypes = JSON.parse(readFileSync(new URL("../../../clients/possible-types.json", import.meta.url)));

export function open(options) {
  const client = makeClient({ possibleTypes, ...options });
  const query = client.watchQuery({ query: documents.Wallet, variables: { first: 6 }, fetchPolicy: "standby" });
  const list = () => client.readQuery({ query: documents.Wallet, variables: { first: 6 } })?.customer.paymentMethods;
  const mutate = async (name, input, update) => {
    const { data } = await client.mutate({ mutation: documents[name], variables: { input }, update });
    return Object.values(data)[0];
  };
  return {
    async more(variables) {
      const after = list()?.pageInfo.endCursor;
      if (after) await query.fetchMore({ variables: { after, ...variables } });
      else await query.reobserve({ fetchPolicy: "cache-first", variables: { first: 6, ...variables } });
      return list().pageInfo.hasNextPage;
    },
    async shown() {
      return list().edges.map(({ node }) => node);
    },
    reload: () => query.refetch({ first: 6 }),
    async method(id) {
      return (await client.query({ query: documents.OneMethod, variables: { id } })).data;
    },
    attach: (input) => mutate("Attach", input, showAttached),
    detach: (input) => mutate("Detach", input, hideDetached),
    setDefault: (input) => mutate("SetDefault", input),
    beginToSave: (input) => mutate("BeginToSave", input),
    save: (input) => mutate("Save", input),
  };
}
