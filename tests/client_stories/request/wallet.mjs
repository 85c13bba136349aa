import { GraphQLClient } from "graphql-request";

export function makeClient({ url, getToken, fetch }) {
  return new GraphQLClient(url, { fetch, headers: () => ({ authorization: `Bearer ${getToken()}` }) });
}

/** All methods of the caller's own wallet, page by page. */
export async function* pages(client, query, { first = 50, after } = {}) {
  for (;;) {
    const { customer } = await client.request(query, { first, after });
    yield customer.paymentMethods;
    if (!customer.paymentMethods.pageInfo.hasNextPage) return;
    after = customer.paymentMethods.pageInfo.endCursor;
  }
}
