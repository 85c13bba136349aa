/** The operations of adding: before and after Stripe.js has confirmed the SetupIntent. */
import { graphql } from "../graphql";

export const beginToSave = graphql(`
  mutation BeginToSave($input: CreateSetupIntentInput!) {
    createSetupIntent(input: $input) {
      setupIntent {
        id
        clientSecret
      }
      errors {
        code
        message
        path
      }
    }
  }
`);

export const readSetup = graphql(`
  query ReadSetup($id: ID!) {
    setupIntent(id: $id) {
      id
      status
      clientSecret
      lastSetupError {
        type
        code
        declineCode
        message
      }
      paymentMethod {
        id
        displayLabel
      }
      nextAction {
        type
        redirectToUrl
        verifyWithMicrodeposits {
          arrivalDate
          microdepositType
        }
      }
    }
  }
`);

export const completeSaving = graphql(`
  mutation CompleteSaving($input: CompleteSetupIntentInput!) {
    completeSetupIntent(input: $input) {
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

export const verifyAccount = graphql(`
  mutation VerifyAccount($input: VerifyMicrodepositsInput!) {
    verifyMicrodeposits(input: $input) {
      setupIntent {
        id
        status
      }
      errors {
        code
        message
        path
        ... on VerificationFailedError {
          reason
          attemptsRemaining
        }
      }
    }
  }
`);
