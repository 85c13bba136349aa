// Maps Stripe's values to the schema's enum values.
import { kinds } from "./settings.js";

const words = (...known) => Object.assign(Object.create(null), Object.fromEntries(known.map((word) => [word, word.toUpperCase()])));
const word = (known) => (value) => (value == null ? null : (known[value] ?? "UNKNOWN"));

export const brand = word({
  ...words("amex", "cartes_bancaires", "diners", "discover", "eftpos_au", "interac", "jcb", "link", "mastercard", "unionpay", "visa"),
  american_express: "AMEX",
  diners_club: "DINERS",
  eftpos_australia: "EFTPOS_AU",
  union_pay: "UNIONPAY",
});
export const type = word(words(...Object.keys(kinds)));
export const funding = word(words("credit", "debit", "prepaid"));
export const check = word(words("pass", "fail", "unavailable", "unchecked"));
export const wallet = word(
  words("amex_express_checkout", "apple_pay", "google_pay", "link", "masterpass", "samsung_pay", "visa_checkout"),
);
export const regulated = word(words("regulated", "unregulated"));
export const redisplay = word(words("always", "limited", "unspecified"));
