// The peers' settings from environment variables, with the names of the service's settings.
import { readFileSync } from "node:fs";

export const port = Number(process.env.PORT);
export const stripeBase = process.env.STRIPE_API_BASE;
export const stripeHeaders = {
  authorization: `Bearer ${process.env.STRIPE_SECRET_KEY}`,
  "stripe-version": process.env.STRIPE_API_VERSION,
};
export const authSecret = process.env.AUTH_SECRET;

const data = process.env.PEER_DATA;
export const typeDefs = readFileSync(`${data}/slice.graphql`, "utf8");
/** The payment-method types by Stripe's name, each with its display name and the member that its label shows. */
export const kinds = JSON.parse(readFileSync(`${data}/kinds.json`, "utf8"));
