import { loadStripe } from "./stripe";

/** The sandbox accepts every key of this form. */
export const stripe = loadStripe("pk_test_wallet");
