/* eslint-disable */
import * as types from './graphql.js';
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';

/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "\n  mutation BeginToSave($input: CreateSetupIntentInput!) {\n    createSetupIntent(input: $input) {\n      setupIntent {\n        id\n        clientSecret\n      }\n      errors {\n        code\n        message\n        path\n      }\n    }\n  }\n": typeof types.BeginToSaveDocument,
    "\n  query ReadSetup($id: ID!) {\n    setupIntent(id: $id) {\n      id\n      status\n      clientSecret\n      lastSetupError {\n        type\n        code\n        declineCode\n        message\n      }\n      paymentMethod {\n        id\n        displayLabel\n      }\n      nextAction {\n        type\n        redirectToUrl\n        verifyWithMicrodeposits {\n          arrivalDate\n          microdepositType\n        }\n      }\n    }\n  }\n": typeof types.ReadSetupDocument,
    "\n  mutation CompleteSaving($input: CompleteSetupIntentInput!) {\n    completeSetupIntent(input: $input) {\n      customer {\n        ...Wallet_customer\n      }\n      paymentMethod {\n        id\n        displayLabel\n      }\n      reusedExisting\n      movedSubscriptions {\n        id\n      }\n      errors {\n        code\n        message\n        path\n      }\n    }\n  }\n": typeof types.CompleteSavingDocument,
    "\n  mutation VerifyAccount($input: VerifyMicrodepositsInput!) {\n    verifyMicrodeposits(input: $input) {\n      setupIntent {\n        id\n        status\n      }\n      errors {\n        code\n        message\n        path\n        ... on VerificationFailedError {\n          reason\n          attemptsRemaining\n        }\n      }\n    }\n  }\n": typeof types.VerifyAccountDocument,
    "\n  fragment EditMethod_method on PaymentMethod {\n    id\n    displayLabel\n    billingDetails {\n      name\n      email\n      phone\n      address {\n        line1\n        line2\n        city\n        state\n        postalCode\n        country\n      }\n    }\n    card {\n      expMonth\n      expYear\n      networks {\n        available\n        preferred\n      }\n    }\n  }\n": typeof types.EditMethod_MethodFragmentDoc,
    "\n  mutation Edit($input: UpdatePaymentMethodInput!) {\n    updatePaymentMethod(input: $input) {\n      paymentMethod {\n        id\n        ...Method_method\n        ...MethodCard_method\n        ...EditMethod_method\n      }\n      errors {\n        code\n        message\n        path\n      }\n    }\n  }\n": typeof types.EditDocument,
    "\n  mutation SetDefault($input: SetDefaultPaymentMethodInput!) {\n    setDefaultPaymentMethod(input: $input) {\n      customer {\n        ...Wallet_customer\n      }\n      movedSubscriptions {\n        id\n      }\n      errors {\n        code\n        message\n        path\n      }\n    }\n  }\n": typeof types.SetDefaultDocument,
    "\n  mutation Remove($input: DetachPaymentMethodInput!) {\n    detachPaymentMethod(input: $input) {\n      customer {\n        ...Wallet_customer\n      }\n      errors {\n        code\n        message\n        path\n        ... on PaymentMethodInUseError {\n          isDefault\n          activeSubscriptionCount\n        }\n      }\n    }\n  }\n": typeof types.RemoveDocument,
    "\n  fragment MethodCard_method on PaymentMethod {\n    id\n    type\n    displayLabel\n    isExpired\n    created\n    billingDetails {\n      name\n    }\n    card {\n      brand\n      displayBrand\n      expMonth\n      expYear\n      wallet {\n        type\n      }\n      networks {\n        available\n        preferred\n      }\n    }\n    ...PaysFor_method\n  }\n": typeof types.MethodCard_MethodFragmentDoc,
    "\n  fragment PaysFor_method on PaymentMethod {\n    id\n    subscriptions {\n      id\n      description\n      status\n      currentPeriodEnd\n      cancelAtPeriodEnd\n    }\n  }\n": typeof types.PaysFor_MethodFragmentDoc,
    "\n  fragment Wallet_customer on Customer {\n    id\n    name\n    email\n    defaultPaymentMethod {\n      id\n    }\n    paymentMethods(first: 100) {\n      nodes {\n        id\n        ...Method_method\n        ...MethodCard_method\n        ...EditMethod_method\n      }\n      pageInfo {\n        hasNextPage\n      }\n    }\n  }\n": typeof types.Wallet_CustomerFragmentDoc,
    "\n  fragment Method_method on PaymentMethod {\n    id\n    displayLabel\n    type\n    card {\n      expMonth\n      expYear\n    }\n    subscriptions {\n      id\n    }\n  }\n": typeof types.Method_MethodFragmentDoc,
    "\n  query ReadWallet($customerId: ID) {\n    customer(id: $customerId) {\n      ...Wallet_customer\n    }\n  }\n": typeof types.ReadWalletDocument,
    "\n  subscription WatchWallet($customerId: ID) {\n    walletChanged(customerId: $customerId) {\n      id\n      kind\n      paymentMethodId\n      customer {\n        ...Wallet_customer\n      }\n    }\n  }\n": typeof types.WatchWalletDocument,
    "\n  query ReadPayment($id: ID!) {\n    paymentIntent(id: $id) {\n      id\n      status\n      amount\n      currency\n      setupFutureUsage\n      lastPaymentError {\n        type\n        code\n        declineCode\n        message\n      }\n      nextAction {\n        type\n        redirectToUrl\n      }\n    }\n  }\n": typeof types.ReadPaymentDocument,
    "\n  mutation CompletePayment($input: CompletePaymentIntentInput!) {\n    completePaymentIntent(input: $input) {\n      customer {\n        ...Wallet_customer\n      }\n      paymentMethod {\n        id\n        displayLabel\n      }\n      reusedExisting\n      movedSubscriptions {\n        id\n      }\n      errors {\n        code\n        message\n        path\n      }\n    }\n  }\n": typeof types.CompletePaymentDocument,
    "\n  mutation CreatePayment($input: CreatePaymentIntentInput!) {\n    createPaymentIntent(input: $input) {\n      paymentIntent {\n        id\n        clientSecret\n      }\n      errors {\n        message\n      }\n    }\n  }\n": typeof types.CreatePaymentDocument,
};
const documents: Documents = {
    "\n  mutation BeginToSave($input: CreateSetupIntentInput!) {\n    createSetupIntent(input: $input) {\n      setupIntent {\n        id\n        clientSecret\n      }\n      errors {\n        code\n        message\n        path\n      }\n    }\n  }\n": types.BeginToSaveDocument,
    "\n  query ReadSetup($id: ID!) {\n    setupIntent(id: $id) {\n      id\n      status\n      clientSecret\n      lastSetupError {\n        type\n        code\n        declineCode\n        message\n      }\n      paymentMethod {\n        id\n        displayLabel\n      }\n      nextAction {\n        type\n        redirectToUrl\n        verifyWithMicrodeposits {\n          arrivalDate\n          microdepositType\n        }\n      }\n    }\n  }\n": types.ReadSetupDocument,
    "\n  mutation CompleteSaving($input: CompleteSetupIntentInput!) {\n    completeSetupIntent(input: $input) {\n      customer {\n        ...Wallet_customer\n      }\n      paymentMethod {\n        id\n        displayLabel\n      }\n      reusedExisting\n      movedSubscriptions {\n        id\n      }\n      errors {\n        code\n        message\n        path\n      }\n    }\n  }\n": types.CompleteSavingDocument,
    "\n  mutation VerifyAccount($input: VerifyMicrodepositsInput!) {\n    verifyMicrodeposits(input: $input) {\n      setupIntent {\n        id\n        status\n      }\n      errors {\n        code\n        message\n        path\n        ... on VerificationFailedError {\n          reason\n          attemptsRemaining\n        }\n      }\n    }\n  }\n": types.VerifyAccountDocument,
    "\n  fragment EditMethod_method on PaymentMethod {\n    id\n    displayLabel\n    billingDetails {\n      name\n      email\n      phone\n      address {\n        line1\n        line2\n        city\n        state\n        postalCode\n        country\n      }\n    }\n    card {\n      expMonth\n      expYear\n      networks {\n        available\n        preferred\n      }\n    }\n  }\n": types.EditMethod_MethodFragmentDoc,
    "\n  mutation Edit($input: UpdatePaymentMethodInput!) {\n    updatePaymentMethod(input: $input) {\n      paymentMethod {\n        id\n        ...Method_method\n        ...MethodCard_method\n        ...EditMethod_method\n      }\n      errors {\n        code\n        message\n        path\n      }\n    }\n  }\n": types.EditDocument,
    "\n  mutation SetDefault($input: SetDefaultPaymentMethodInput!) {\n    setDefaultPaymentMethod(input: $input) {\n      customer {\n        ...Wallet_customer\n      }\n      movedSubscriptions {\n        id\n      }\n      errors {\n        code\n        message\n        path\n      }\n    }\n  }\n": types.SetDefaultDocument,
    "\n  mutation Remove($input: DetachPaymentMethodInput!) {\n    detachPaymentMethod(input: $input) {\n      customer {\n        ...Wallet_customer\n      }\n      errors {\n        code\n        message\n        path\n        ... on PaymentMethodInUseError {\n          isDefault\n          activeSubscriptionCount\n        }\n      }\n    }\n  }\n": types.RemoveDocument,
    "\n  fragment MethodCard_method on PaymentMethod {\n    id\n    type\n    displayLabel\n    isExpired\n    created\n    billingDetails {\n      name\n    }\n    card {\n      brand\n      displayBrand\n      expMonth\n      expYear\n      wallet {\n        type\n      }\n      networks {\n        available\n        preferred\n      }\n    }\n    ...PaysFor_method\n  }\n": types.MethodCard_MethodFragmentDoc,
    "\n  fragment PaysFor_method on PaymentMethod {\n    id\n    subscriptions {\n      id\n      description\n      status\n      currentPeriodEnd\n      cancelAtPeriodEnd\n    }\n  }\n": types.PaysFor_MethodFragmentDoc,
    "\n  fragment Wallet_customer on Customer {\n    id\n    name\n    email\n    defaultPaymentMethod {\n      id\n    }\n    paymentMethods(first: 100) {\n      nodes {\n        id\n        ...Method_method\n        ...MethodCard_method\n        ...EditMethod_method\n      }\n      pageInfo {\n        hasNextPage\n      }\n    }\n  }\n": types.Wallet_CustomerFragmentDoc,
    "\n  fragment Method_method on PaymentMethod {\n    id\n    displayLabel\n    type\n    card {\n      expMonth\n      expYear\n    }\n    subscriptions {\n      id\n    }\n  }\n": types.Method_MethodFragmentDoc,
    "\n  query ReadWallet($customerId: ID) {\n    customer(id: $customerId) {\n      ...Wallet_customer\n    }\n  }\n": types.ReadWalletDocument,
    "\n  subscription WatchWallet($customerId: ID) {\n    walletChanged(customerId: $customerId) {\n      id\n      kind\n      paymentMethodId\n      customer {\n        ...Wallet_customer\n      }\n    }\n  }\n": types.WatchWalletDocument,
    "\n  query ReadPayment($id: ID!) {\n    paymentIntent(id: $id) {\n      id\n      status\n      amount\n      currency\n      setupFutureUsage\n      lastPaymentError {\n        type\n        code\n        declineCode\n        message\n      }\n      nextAction {\n        type\n        redirectToUrl\n      }\n    }\n  }\n": types.ReadPaymentDocument,
    "\n  mutation CompletePayment($input: CompletePaymentIntentInput!) {\n    completePaymentIntent(input: $input) {\n      customer {\n        ...Wallet_customer\n      }\n      paymentMethod {\n        id\n        displayLabel\n      }\n      reusedExisting\n      movedSubscriptions {\n        id\n      }\n      errors {\n        code\n        message\n        path\n      }\n    }\n  }\n": types.CompletePaymentDocument,
    "\n  mutation CreatePayment($input: CreatePaymentIntentInput!) {\n    createPaymentIntent(input: $input) {\n      paymentIntent {\n        id\n        clientSecret\n      }\n      errors {\n        message\n      }\n    }\n  }\n": types.CreatePaymentDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 *
 *
 * @example
 * ```ts
 * const query = graphql(`query GetUser($id: ID!) { user(id: $id) { name } }`);
 * ```
 *
 * The query argument is unknown!
 * Please regenerate the types.
 */
export function graphql(source: string): unknown;

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation BeginToSave($input: CreateSetupIntentInput!) {\n    createSetupIntent(input: $input) {\n      setupIntent {\n        id\n        clientSecret\n      }\n      errors {\n        code\n        message\n        path\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation BeginToSave($input: CreateSetupIntentInput!) {\n    createSetupIntent(input: $input) {\n      setupIntent {\n        id\n        clientSecret\n      }\n      errors {\n        code\n        message\n        path\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ReadSetup($id: ID!) {\n    setupIntent(id: $id) {\n      id\n      status\n      clientSecret\n      lastSetupError {\n        type\n        code\n        declineCode\n        message\n      }\n      paymentMethod {\n        id\n        displayLabel\n      }\n      nextAction {\n        type\n        redirectToUrl\n        verifyWithMicrodeposits {\n          arrivalDate\n          microdepositType\n        }\n      }\n    }\n  }\n"): (typeof documents)["\n  query ReadSetup($id: ID!) {\n    setupIntent(id: $id) {\n      id\n      status\n      clientSecret\n      lastSetupError {\n        type\n        code\n        declineCode\n        message\n      }\n      paymentMethod {\n        id\n        displayLabel\n      }\n      nextAction {\n        type\n        redirectToUrl\n        verifyWithMicrodeposits {\n          arrivalDate\n          microdepositType\n        }\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CompleteSaving($input: CompleteSetupIntentInput!) {\n    completeSetupIntent(input: $input) {\n      customer {\n        ...Wallet_customer\n      }\n      paymentMethod {\n        id\n        displayLabel\n      }\n      reusedExisting\n      movedSubscriptions {\n        id\n      }\n      errors {\n        code\n        message\n        path\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation CompleteSaving($input: CompleteSetupIntentInput!) {\n    completeSetupIntent(input: $input) {\n      customer {\n        ...Wallet_customer\n      }\n      paymentMethod {\n        id\n        displayLabel\n      }\n      reusedExisting\n      movedSubscriptions {\n        id\n      }\n      errors {\n        code\n        message\n        path\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation VerifyAccount($input: VerifyMicrodepositsInput!) {\n    verifyMicrodeposits(input: $input) {\n      setupIntent {\n        id\n        status\n      }\n      errors {\n        code\n        message\n        path\n        ... on VerificationFailedError {\n          reason\n          attemptsRemaining\n        }\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation VerifyAccount($input: VerifyMicrodepositsInput!) {\n    verifyMicrodeposits(input: $input) {\n      setupIntent {\n        id\n        status\n      }\n      errors {\n        code\n        message\n        path\n        ... on VerificationFailedError {\n          reason\n          attemptsRemaining\n        }\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment EditMethod_method on PaymentMethod {\n    id\n    displayLabel\n    billingDetails {\n      name\n      email\n      phone\n      address {\n        line1\n        line2\n        city\n        state\n        postalCode\n        country\n      }\n    }\n    card {\n      expMonth\n      expYear\n      networks {\n        available\n        preferred\n      }\n    }\n  }\n"): (typeof documents)["\n  fragment EditMethod_method on PaymentMethod {\n    id\n    displayLabel\n    billingDetails {\n      name\n      email\n      phone\n      address {\n        line1\n        line2\n        city\n        state\n        postalCode\n        country\n      }\n    }\n    card {\n      expMonth\n      expYear\n      networks {\n        available\n        preferred\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation Edit($input: UpdatePaymentMethodInput!) {\n    updatePaymentMethod(input: $input) {\n      paymentMethod {\n        id\n        ...Method_method\n        ...MethodCard_method\n        ...EditMethod_method\n      }\n      errors {\n        code\n        message\n        path\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation Edit($input: UpdatePaymentMethodInput!) {\n    updatePaymentMethod(input: $input) {\n      paymentMethod {\n        id\n        ...Method_method\n        ...MethodCard_method\n        ...EditMethod_method\n      }\n      errors {\n        code\n        message\n        path\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation SetDefault($input: SetDefaultPaymentMethodInput!) {\n    setDefaultPaymentMethod(input: $input) {\n      customer {\n        ...Wallet_customer\n      }\n      movedSubscriptions {\n        id\n      }\n      errors {\n        code\n        message\n        path\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation SetDefault($input: SetDefaultPaymentMethodInput!) {\n    setDefaultPaymentMethod(input: $input) {\n      customer {\n        ...Wallet_customer\n      }\n      movedSubscriptions {\n        id\n      }\n      errors {\n        code\n        message\n        path\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation Remove($input: DetachPaymentMethodInput!) {\n    detachPaymentMethod(input: $input) {\n      customer {\n        ...Wallet_customer\n      }\n      errors {\n        code\n        message\n        path\n        ... on PaymentMethodInUseError {\n          isDefault\n          activeSubscriptionCount\n        }\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation Remove($input: DetachPaymentMethodInput!) {\n    detachPaymentMethod(input: $input) {\n      customer {\n        ...Wallet_customer\n      }\n      errors {\n        code\n        message\n        path\n        ... on PaymentMethodInUseError {\n          isDefault\n          activeSubscriptionCount\n        }\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment MethodCard_method on PaymentMethod {\n    id\n    type\n    displayLabel\n    isExpired\n    created\n    billingDetails {\n      name\n    }\n    card {\n      brand\n      displayBrand\n      expMonth\n      expYear\n      wallet {\n        type\n      }\n      networks {\n        available\n        preferred\n      }\n    }\n    ...PaysFor_method\n  }\n"): (typeof documents)["\n  fragment MethodCard_method on PaymentMethod {\n    id\n    type\n    displayLabel\n    isExpired\n    created\n    billingDetails {\n      name\n    }\n    card {\n      brand\n      displayBrand\n      expMonth\n      expYear\n      wallet {\n        type\n      }\n      networks {\n        available\n        preferred\n      }\n    }\n    ...PaysFor_method\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment PaysFor_method on PaymentMethod {\n    id\n    subscriptions {\n      id\n      description\n      status\n      currentPeriodEnd\n      cancelAtPeriodEnd\n    }\n  }\n"): (typeof documents)["\n  fragment PaysFor_method on PaymentMethod {\n    id\n    subscriptions {\n      id\n      description\n      status\n      currentPeriodEnd\n      cancelAtPeriodEnd\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment Wallet_customer on Customer {\n    id\n    name\n    email\n    defaultPaymentMethod {\n      id\n    }\n    paymentMethods(first: 100) {\n      nodes {\n        id\n        ...Method_method\n        ...MethodCard_method\n        ...EditMethod_method\n      }\n      pageInfo {\n        hasNextPage\n      }\n    }\n  }\n"): (typeof documents)["\n  fragment Wallet_customer on Customer {\n    id\n    name\n    email\n    defaultPaymentMethod {\n      id\n    }\n    paymentMethods(first: 100) {\n      nodes {\n        id\n        ...Method_method\n        ...MethodCard_method\n        ...EditMethod_method\n      }\n      pageInfo {\n        hasNextPage\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment Method_method on PaymentMethod {\n    id\n    displayLabel\n    type\n    card {\n      expMonth\n      expYear\n    }\n    subscriptions {\n      id\n    }\n  }\n"): (typeof documents)["\n  fragment Method_method on PaymentMethod {\n    id\n    displayLabel\n    type\n    card {\n      expMonth\n      expYear\n    }\n    subscriptions {\n      id\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ReadWallet($customerId: ID) {\n    customer(id: $customerId) {\n      ...Wallet_customer\n    }\n  }\n"): (typeof documents)["\n  query ReadWallet($customerId: ID) {\n    customer(id: $customerId) {\n      ...Wallet_customer\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription WatchWallet($customerId: ID) {\n    walletChanged(customerId: $customerId) {\n      id\n      kind\n      paymentMethodId\n      customer {\n        ...Wallet_customer\n      }\n    }\n  }\n"): (typeof documents)["\n  subscription WatchWallet($customerId: ID) {\n    walletChanged(customerId: $customerId) {\n      id\n      kind\n      paymentMethodId\n      customer {\n        ...Wallet_customer\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ReadPayment($id: ID!) {\n    paymentIntent(id: $id) {\n      id\n      status\n      amount\n      currency\n      setupFutureUsage\n      lastPaymentError {\n        type\n        code\n        declineCode\n        message\n      }\n      nextAction {\n        type\n        redirectToUrl\n      }\n    }\n  }\n"): (typeof documents)["\n  query ReadPayment($id: ID!) {\n    paymentIntent(id: $id) {\n      id\n      status\n      amount\n      currency\n      setupFutureUsage\n      lastPaymentError {\n        type\n        code\n        declineCode\n        message\n      }\n      nextAction {\n        type\n        redirectToUrl\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CompletePayment($input: CompletePaymentIntentInput!) {\n    completePaymentIntent(input: $input) {\n      customer {\n        ...Wallet_customer\n      }\n      paymentMethod {\n        id\n        displayLabel\n      }\n      reusedExisting\n      movedSubscriptions {\n        id\n      }\n      errors {\n        code\n        message\n        path\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation CompletePayment($input: CompletePaymentIntentInput!) {\n    completePaymentIntent(input: $input) {\n      customer {\n        ...Wallet_customer\n      }\n      paymentMethod {\n        id\n        displayLabel\n      }\n      reusedExisting\n      movedSubscriptions {\n        id\n      }\n      errors {\n        code\n        message\n        path\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreatePayment($input: CreatePaymentIntentInput!) {\n    createPaymentIntent(input: $input) {\n      paymentIntent {\n        id\n        clientSecret\n      }\n      errors {\n        message\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation CreatePayment($input: CreatePaymentIntentInput!) {\n    createPaymentIntent(input: $input) {\n      paymentIntent {\n        id\n        clientSecret\n      }\n      errors {\n        message\n      }\n    }\n  }\n"];

export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

export type DocumentType<TDocumentNode extends DocumentNode<any, any>> = TDocumentNode extends DocumentNode<  infer TType,  any>  ? TType  : never;