/** The mutations that more than one dialog sends. */
import { graphql } from "../graphql";

export const setDefault = graphql(`
  mutation SetDefault($input: SetDefaultPaymentMethodInput!) {
    setDefaultPaymentMethod(input: $input) {
      customer {
        ...Wallet_customer
      }
      movedSubscriptions {
        id
      }
      errors {
        code
        message
        path
      }
    }
  }
`);

export const detach = graphql(`
  mutation Remove($input: DetachPaymentMethodInput!) {
    detachPaymentMethod(input: $input) {
      customer {
        ...Wallet_customer
      }
      errors {
        code
        message
        path
        ... on PaymentMethodInUseError {
          isDefault
          activeSubscriptionCount
        }
      }
    }
  }
`);
