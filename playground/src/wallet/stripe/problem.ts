/** Stripe.js' errors, in words that say what to do. Its own message serves all others. */
import type { Problem } from "../client/change";
import type { StripeError } from "./stripe";

const WORDS: Partial<Record<string, string>> = {
  api_connection_error: "There was no response. Check the connection, then try again.",
  authentication_required: "Your bank asks you to confirm this. Try again, or use another card.",
  bank_account_unusable: "This bank account can't be used. Use another account, or a card.",
  card_velocity_exceeded: "This card was tried too often. Wait a while, or use another card.",
  expired_card: "This card has expired. Use another card.",
  generic_decline: "Your bank declined this card. Use another card, or ask your bank.",
  incorrect_cvc: "The security code is not right. Check it, then try again.",
  insufficient_funds: "There is not enough money on this card. Use another card.",
  lost_card: "Your bank declined this card. Use another card.",
  processing_error: "The bank could not process this card. Try again in a moment, or use another card.",
  setup_intent_authentication_failure: "Your bank could not confirm that it is you. Try again, or use another card.",
  payment_intent_authentication_failure: "Your bank could not confirm that it is you. Try again, or use another card.",
  payment_method_microdeposit_failed: "The deposit could not be sent to this account. Use another account, or a card.",
  payment_method_microdeposit_verification_attempts_exceeded:
    "There were too many attempts, so this account can't be verified. Use another account, or a card.",
  payment_method_microdeposit_verification_timeout: "The account was not verified in time. Add it again.",
  // To the cardholder, a stolen card is declined without a reason, so that a thief learns nothing.
  stolen_card: "Your bank declined this card. Use another card.",
};

type Reason = Pick<StripeError, "code" | "decline_code" | "message" | "type">;

export function problemOf({ code, decline_code, type, message }: Reason): Problem {
  const named = [decline_code, code, type].filter((name) => name !== undefined);
  const known = named.find((name) => WORDS[name]);
  return { code: known ?? named[0] ?? "FAILED", message: (known && WORDS[known]) || message };
}
