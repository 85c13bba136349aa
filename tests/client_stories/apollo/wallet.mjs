// #region client
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from "@apollo/client";
import { SetContextLink } from "@apollo/client/link/context";
import { relayStylePagination } from "@apollo/client/utilities";

/** `possibleTypes` is the content of clients/possible-types.json. */
export function makeCache(possibleTypes) {
  const parts = ["Address", "BillingDetails", ...possibleTypes.PaymentMethodDetails];
  return new InMemoryCache({
    possibleTypes,
    typePolicies: {
      Customer: { fields: { paymentMethods: relayStylePagination(["type", "allowRedisplay"]) } },
      // They have no id. Without merging, the selection of one query would replace that of another.
      ...Object.fromEntries(parts.map((name) => [name, { merge: true }])),
    },
  });
}

export function makeClient({ url, getToken, possibleTypes, links = [], fetch }) {
  const authorize = new SetContextLink(async ({ headers }) => ({
    headers: { ...headers, authorization: `Bearer ${await getToken()}` },
  }));
  const link = ApolloLink.from([authorize, ...links, new HttpLink({ uri: url, fetch })]);
  return new ApolloClient({ cache: makeCache(possibleTypes), link });
}
// #endregion

// #region updates
/** `update` of a mutation that attaches: adds the new method in front of each list whose filter it matches. */
export function showAttached(cache, { data }) {
  const { customer, paymentMethodEdge: edge } = data?.attachPaymentMethod ?? {};
  if (!edge) return;
  cache.modify({
    id: cache.identify(customer),
    fields: {
      paymentMethods(list, { storeFieldName, toReference }) {
        const { type, allowRedisplay } = JSON.parse(storeFieldName.slice("paymentMethods:".length));
        if ((type ?? edge.node.type) !== edge.node.type) return list;
        if ((allowRedisplay ?? edge.node.allowRedisplay) !== edge.node.allowRedisplay) return list;
        const node = toReference(edge.node);
        const others = list.edges.filter((other) => other.node.__ref !== node.__ref);
        return { ...list, edges: [{ ...edge, node }, ...others] };
      },
    },
  });
}

/** `update` of a mutation that detaches: removes the method from all lists. */
export function hideDetached(cache, { data }) {
  const id = data?.detachPaymentMethod?.detachedPaymentMethodId;
  if (!id) return;
  cache.evict({ id: cache.identify({ __typename: "PaymentMethod", id }) });
  cache.gc();
}
// #endregion
