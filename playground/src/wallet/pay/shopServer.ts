/**
 * Stands in for the shop's server, which is the only one that knows prices and may create PaymentIntents. In a real shop,
 * this code runs there with the token of a service. The sandbox lets a caller without a token do what a service may.
 */
import { Client, fetchExchange } from "urql";

import { graphql } from "../graphql";

export interface Item {
  id: string;
  name: string;
  amount: number;
  currency: string;
}

export const ITEMS: readonly Item[] = [
  { id: "beans", name: "Coffee beans", amount: 1450, currency: "usd" },
  { id: "pass", name: "Day pass", amount: 1200, currency: "jpy" },
  { id: "dates", name: "Box of dates", amount: 4750, currency: "kwd" },
];

const createPayment = graphql(`
  mutation CreatePayment($input: CreatePaymentIntentInput!) {
    createPaymentIntent(input: $input) {
      paymentIntent {
        id
        clientSecret
      }
      errors {
        message
      }
    }
  }
`);

const server = new Client({
  url: new URL("graphql", document.baseURI).href,
  exchanges: [fetchExchange],
  preferGetMethod: false,
});

/** The same order gets the same PaymentIntent, also after a lost response. Throws an error with a message if it fails. */
export async function createOrder(order: string, customerId: string, { name, amount, currency }: Item) {
  const input = { amount, currency, customerId, description: name, idempotencyKey: order };
  const { data, error } = await server.mutation(createPayment, { input }).toPromise();
  const { paymentIntent, errors } = data?.createPaymentIntent ?? {};
  if (error?.networkError) throw new Error("There was no response. Check the connection, then try again.");
  if (!paymentIntent?.clientSecret) throw new Error(errors?.[0]?.message ?? error?.message ?? "The order was not created.");
  return { id: paymentIntent.id, clientSecret: paymentIntent.clientSecret };
}
