/** The errors that a customer can meet, in the words of this page. The service's own message serves all others. */
import type { Problem } from "../client/change";

const WORDS: Partial<Record<string, string>> = {
  NOT_FOUND: "This payment method no longer exists. It was probably removed in another window.",
  NOT_ATTACHED: "This payment method was removed in the meantime, so it can no longer change.",
  IDEMPOTENCY_CONFLICT: "This request was sent before with other values. Try again.",
  SUBSCRIPTIONS_NOT_MOVED: "Some subscriptions still use the previous payment method. Try again to move the rest.",
  DEFAULT_NOT_SET: "The default was not changed. Try again.",
};

export const inWords = ({ code, message }: Problem) => WORDS[code] ?? message;
