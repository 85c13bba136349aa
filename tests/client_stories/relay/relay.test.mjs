import relay from "relay-runtime";
import assert from "node:assert/strict";
import { tell } from "../story.mjs";
import { makeEnvironment } from "./environment.mjs";

const { commitMutation, createOperationDescriptor, fetchQuery, getPaginationMetadata, getPaginationVariables, getRefetchMetadata, getSelector } = relay;

// What the compiler made of Wallet.js; once with texts, once with ids alone.
const compiled = async (name) => (await import(`../generated/${process.env.ARTIFACTS}/${name}.graphql.js`)).default;
const [WalletQuery, WalletOneQuery, WalletList] = await Promise.all(["WalletQuery", "WalletOneQuery", "Wallet_list"].map(compiled));
const [Attach, Detach, SetDefault, BeginToSave, Save] = await Promise.all(
  ["Attach", "Detach", "SetDefault", "BeginToSave", "Save"].map((name) => compiled(`Wallet${name}Mutation`)),
);

function open(options) {
  const environment = makeEnvironment(options);
  const operation = createOperationDescriptor(WalletQuery, { first: 6 });
  environment.retain(operation);
  const ask = (query, variables) => fetchQuery(environment, query, variables).toPromise();
  const list = () => {
    const { customer } = environment.lookup(operation.fragment).data;
    const { data, isMissingData } = environment.lookup(getSelector(WalletList, customer));
    assert.equal(isMissingData, false);
    return { customer: customer.id, ...data.paymentMethods };
  };
  const mutate = (mutation, input, variables = {}) =>
    new Promise((resolve, reject) => {
      const onCompleted = (data) => resolve(Object.values(data)[0]);
      commitMutation(environment, { mutation, variables: { input, ...variables }, onCompleted, onError: reject });
    });
  return {
    async more(variables) {
      if (!environment.lookup(operation.fragment).data?.customer) await ask(WalletQuery, { first: 6, ...variables });
      else await ask(getRefetchMetadata(WalletList).refetchableRequest, { ...nextPage(list()), ...variables });
      return list().pageInfo.hasNextPage;
    },
    shown: async () => list().edges.map(({ node }) => node),
    reload: () => ask(WalletQuery, { first: 6 }),
    method: (id) => ask(WalletOneQuery, { id }),
    attach: (input) => mutate(Attach, input, { lists: [list().__id] }),
    detach: (input) => mutate(Detach, input, { lists: [list().__id] }),
    setDefault: (input) => mutate(SetDefault, input),
    beginToSave: (input) => mutate(BeginToSave, input),
    save: (input) => mutate(Save, input),
  };
}

/** What a pagination hook does when it is asked for more. */
function nextPage({ customer, pageInfo }) {
  const { paginationMetadata } = getPaginationMetadata(WalletList);
  return getPaginationVariables("forward", 6, pageInfo.endCursor, { id: customer }, {}, paginationMetadata);
}

// A refused attach has no edge to insert, and Relay remarks on it while developing.
const mutters = /Expected the server edge to be non-null/;

tell(`Relay over ${process.env.ARTIFACTS}`, open, { caches: true, mutters });
