// #region documents
import { graphql } from "relay-runtime";

export const query = graphql`
  query WalletQuery($first: Int!, $type: PaymentMethodType) {
    customer {
      id
      defaultPaymentMethod { id }
      ...Wallet_list @arguments(first: $first, type: $type)
    }
  }
`;

export const list = graphql`
  fragment Wallet_list on Customer
  @refetchable(queryName: "WalletPageQuery")
  @argumentDefinitions(first: { type: "Int", defaultValue: 6 }, after: { type: "String" }, type: { type: "PaymentMethodType" }) {
    paymentMethods(first: $first, after: $after, type: $type) @connection(key: "Wallet_paymentMethods", filters: ["type"]) {
      __id
      edges { node { id ...Wallet_method @relay(mask: false) } }
      pageInfo { hasNextPage endCursor }
    }
  }
`;

export const attach = graphql`
  mutation WalletAttachMutation($input: AttachPaymentMethodInput!, $lists: [ID!]!) {
    attachPaymentMethod(input: $input) {
      paymentMethodEdge @prependEdge(connections: $lists) { cursor node { ...Wallet_method @relay(mask: false) } }
      customer { id }
      errors { __typename message path ... on CardDeclinedError { declineCode } }
    }
  }
`;

export const detach = graphql`
  mutation WalletDetachMutation($input: DetachPaymentMethodInput!, $lists: [ID!]!) {
    detachPaymentMethod(input: $input) {
      detachedPaymentMethodId @deleteEdge(connections: $lists)
      customer { id defaultPaymentMethod { id } }
      errors { __typename message path ... on PaymentMethodInUseError { isDefault activeSubscriptionCount } }
    }
  }
`;
// #endregion

// #region changed
export const changed = graphql`
  subscription WalletChangedSubscription {
    walletChanged {
      id
      kind
      paymentMethodId
      paymentMethod { ...Wallet_method @relay(mask: false) }
    }
  }
`;
// #endregion

export const method = graphql`
  fragment Wallet_method on PaymentMethod {
    id
    type
    displayLabel
    isDefault
    details {
      __typename
      ... on Card { brand last4 expMonth expYear }
      ... on SepaDebit { last4 country }
      ... on UsBankAccount { last4 bankName }
    }
  }
`;

export const one = graphql`
  query WalletOneQuery($id: ID!) {
    paymentMethod(id: $id) { id displayLabel }
    node(id: $id) { id ... on PaymentMethod { displayLabel } }
  }
`;

export const setDefault = graphql`
  mutation WalletSetDefaultMutation($input: SetDefaultPaymentMethodInput!) {
    setDefaultPaymentMethod(input: $input) {
      customer { id defaultPaymentMethod { id isDefault } }
      previousDefault { id isDefault }
      errors { __typename message path }
    }
  }
`;

export const beginToSave = graphql`
  mutation WalletBeginToSaveMutation($input: CreateSetupIntentInput!) {
    createSetupIntent(input: $input) {
      setupIntent { id status clientSecret }
      errors { __typename message path }
    }
  }
`;

export const save = graphql`
  mutation WalletSaveMutation($input: ConfirmSetupIntentInput!) {
    confirmSetupIntent(input: $input) {
      setupIntent { id status nextAction { type redirectToUrl json } lastSetupError { message declineCode } paymentMethod { ...Wallet_method @relay(mask: false) } }
      errors { __typename message path ... on CardDeclinedError { declineCode } }
    }
  }
`;
