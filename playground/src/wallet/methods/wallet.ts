/** The documents of the wallet: what the page shows of a customer, at the start and after every change. */
import { graphql } from "../graphql";

/** The arguments of the list below. One page has all methods of all but very few customers. */
export const PAGE = { first: 100 };

/** Mutations and changes select it too, so one response updates all of the page. */
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
        ...Method_method
        ...MethodCard_method
        ...EditMethod_method
      }
      pageInfo {
        hasNextPage
      }
    }
  }
`);

/** The little that all dialogs and notices say about a method. */
export const methodFragment = graphql(`
  fragment Method_method on PaymentMethod {
    id
    displayLabel
    type
    card {
      expMonth
      expYear
    }
    subscriptions {
      id
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

/** Each change has the wallet as it is after it. */
export const walletChanged = graphql(`
  subscription WatchWallet($customerId: ID) {
    walletChanged(customerId: $customerId) {
      id
      kind
      paymentMethodId
      customer {
        ...Wallet_customer
      }
    }
  }
`);
