// #region client
import { Client, fetchExchange } from "@urql/core";
import { cacheExchange } from "@urql/exchange-graphcache";
import { relayPagination } from "@urql/exchange-graphcache/extras";

/** `schema` is the content of clients/introspection.json. */
export function makeCache(schema) {
  return cacheExchange({
    schema,
    keys: { ...keysOfParts(schema), PaymentMethodEdge: ({ cursor }) => cursor },
    resolvers: { Customer: { paymentMethods: relayPagination() } },
    updates: { Mutation: { attachPaymentMethod: showAttached, detachPaymentMethod: hideDetached } },
  });
}

/** Types without an id are stored as parts of the object that contains them. */
function keysOfParts({ __schema }) {
  const parts = __schema.types.filter(({ fields }) => fields && !fields.some(({ name }) => name === "id"));
  return Object.fromEntries(parts.map(({ name }) => [name, () => null]));
}

export function makeClient({ url, getToken, schema, fetch, exchanges = [] }) {
  return new Client({
    url,
    fetch,
    fetchOptions: () => ({ headers: { authorization: `Bearer ${getToken()}` } }),
    exchanges: [makeCache(schema), ...exchanges, fetchExchange],
  });
}
// #endregion

/** The loaded pages of all lists of a customer: their arguments and their keys. */
function pagesOf(cache, customer) {
  return cache
    .inspectFields(customer)
    .filter(({ fieldName }) => fieldName === "paymentMethods")
    .map(({ fieldKey, arguments: filter }) => ({ filter: filter ?? {}, key: cache.resolve(customer, fieldKey) }));
}

/** The new method goes first in each list whose filter lets it in. */
function showAttached({ attachPaymentMethod: payload }, _, cache) {
  const { customer, paymentMethodEdge: edge } = payload ?? {};
  if (!edge) return;
  for (const { filter, key } of pagesOf(cache, customer)) {
    const fits = ["type", "allowRedisplay"].every((name) => (filter[name] ?? edge.node[name]) === edge.node[name]);
    const edges = cache.resolve(key, "edges");
    const first = cache.keyOfEntity(edge);
    if (fits && !filter.after) cache.link(key, "edges", [first, ...edges.filter((other) => other !== first)]);
  }
}

/** The method leaves all lists. */
function hideDetached({ detachPaymentMethod: payload }, _, cache) {
  const { customer, detachedPaymentMethodId: id } = payload ?? {};
  if (!id) return;
  for (const { key } of pagesOf(cache, customer)) {
    const edges = cache.resolve(key, "edges");
    cache.link(key, "edges", edges.filter((edge) => cache.resolve(cache.resolve(edge, "node"), "id") !== id));
  }
  cache.invalidate({ __typename: "PaymentMethod", id });
}
