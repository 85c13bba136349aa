/** The documents of the wallet: what the page shows of a customer, at the start and after every change. */
import { graphql } from "../graphql";

/** Mutations and changes select it too, so that one response leaves the cache without anything out of date. */
export const walletFragment = graphql(`
  fragment Wallet_customer on Customer {
    id
    name
    email
    defaultPaymentMethod {
      id
    }
    paymentMethods(first: 100) {
      nodes {
        id
        ...MethodCard_method
      }
      pageInfo {
        hasNextPage
      }
    }
  }
`);

export const walletQuery = graphql(`
  query ReadWallet($customerId: ID) {
    customer(id: $customerId) {
      ...Wallet_customer
    }
  }
`);
