/** The errors that a customer can meet, in the words of this page. The service's own message serves all others. */
import type { Problem } from "../client/change";

const WORDS: Partial<Record<string, string>> = {
  ALREADY_ATTACHED: "This payment method is in use by somebody else. Use another one.",
  NOT_FOUND: "This payment method no longer exists. It was probably removed in another window.",
  DUPLICATE: "You have this card or account already. The new one was not added.",
  INVALID_STATE: "This can't continue from here. Start again with the payment method.",
  NOT_REUSABLE: "This payment method was removed in the meantime. Add it again.",
  NOT_SAVEABLE: "This payment method can be used once, but not saved. Use another one, for example a card.",
  NOT_ATTACHED: "This payment method was removed in the meantime, so it can no longer change.",
  IDEMPOTENCY_CONFLICT: "This request was sent before with other values. Try again.",
  SUBSCRIPTIONS_NOT_MOVED: "Some subscriptions still use the previous payment method. Try again to move the rest.",
  DEFAULT_NOT_SET: "The default was not changed. Try again.",
};

export const inWords = ({ code, message }: Problem) => WORDS[code] ?? message;
