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
    "\n  fragment MethodCard_method on PaymentMethod {\n    id\n    displayLabel\n    isExpired\n    card {\n      brand\n      displayBrand\n      last4\n      expMonth\n      expYear\n      wallet {\n        type\n      }\n      networks {\n        available\n        preferred\n      }\n    }\n    subscriptions {\n      id\n      description\n      status\n    }\n  }\n": typeof types.MethodCard_MethodFragmentDoc,
    "\n  fragment Wallet_customer on Customer {\n    id\n    name\n    email\n    defaultPaymentMethod {\n      id\n    }\n    paymentMethods(first: 100) {\n      nodes {\n        id\n        ...MethodCard_method\n      }\n      pageInfo {\n        hasNextPage\n      }\n    }\n  }\n": typeof types.Wallet_CustomerFragmentDoc,
    "\n  query ReadWallet($customerId: ID) {\n    customer(id: $customerId) {\n      ...Wallet_customer\n    }\n  }\n": typeof types.ReadWalletDocument,
};
const documents: Documents = {
    "\n  fragment MethodCard_method on PaymentMethod {\n    id\n    displayLabel\n    isExpired\n    card {\n      brand\n      displayBrand\n      last4\n      expMonth\n      expYear\n      wallet {\n        type\n      }\n      networks {\n        available\n        preferred\n      }\n    }\n    subscriptions {\n      id\n      description\n      status\n    }\n  }\n": types.MethodCard_MethodFragmentDoc,
    "\n  fragment Wallet_customer on Customer {\n    id\n    name\n    email\n    defaultPaymentMethod {\n      id\n    }\n    paymentMethods(first: 100) {\n      nodes {\n        id\n        ...MethodCard_method\n      }\n      pageInfo {\n        hasNextPage\n      }\n    }\n  }\n": types.Wallet_CustomerFragmentDoc,
    "\n  query ReadWallet($customerId: ID) {\n    customer(id: $customerId) {\n      ...Wallet_customer\n    }\n  }\n": types.ReadWalletDocument,
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
export function graphql(source: "\n  fragment MethodCard_method on PaymentMethod {\n    id\n    displayLabel\n    isExpired\n    card {\n      brand\n      displayBrand\n      last4\n      expMonth\n      expYear\n      wallet {\n        type\n      }\n      networks {\n        available\n        preferred\n      }\n    }\n    subscriptions {\n      id\n      description\n      status\n    }\n  }\n"): (typeof documents)["\n  fragment MethodCard_method on PaymentMethod {\n    id\n    displayLabel\n    isExpired\n    card {\n      brand\n      displayBrand\n      last4\n      expMonth\n      expYear\n      wallet {\n        type\n      }\n      networks {\n        available\n        preferred\n      }\n    }\n    subscriptions {\n      id\n      description\n      status\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment Wallet_customer on Customer {\n    id\n    name\n    email\n    defaultPaymentMethod {\n      id\n    }\n    paymentMethods(first: 100) {\n      nodes {\n        id\n        ...MethodCard_method\n      }\n      pageInfo {\n        hasNextPage\n      }\n    }\n  }\n"): (typeof documents)["\n  fragment Wallet_customer on Customer {\n    id\n    name\n    email\n    defaultPaymentMethod {\n      id\n    }\n    paymentMethods(first: 100) {\n      nodes {\n        id\n        ...MethodCard_method\n      }\n      pageInfo {\n        hasNextPage\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ReadWallet($customerId: ID) {\n    customer(id: $customerId) {\n      ...Wallet_customer\n    }\n  }\n"): (typeof documents)["\n  query ReadWallet($customerId: ID) {\n    customer(id: $customerId) {\n      ...Wallet_customer\n    }\n  }\n"];

export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

export type DocumentType<TDocumentNode extends DocumentNode<any, any>> = TDocumentNode extends DocumentNode<  infer TType,  any>  ? TType  : never;