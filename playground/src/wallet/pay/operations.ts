/** The customer's own operations of paying. */
import { graphql } from "../graphql";

export const readPayment = graphql(`
  query ReadPayment($id: ID!) {
    paymentIntent(id: $id) {
      id
      status
      amount
      currency
      setupFutureUsage
      lastPaymentError {
        type
        code
        declineCode
        message
      }
      nextAction {
        type
        redirectToUrl
      }
    }
  }
`);

export const completePayment = graphql(`
  mutation CompletePayment($input: CompletePaymentIntentInput!) {
    completePaymentIntent(input: $input) {
      customer {
        ...Wallet_customer
      }
      paymentMethod {
        id
        displayLabel
      }
      reusedExisting
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
