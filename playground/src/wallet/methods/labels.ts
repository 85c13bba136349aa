/** The names of brands, wallets and types as people know them. A new value in the schema needs a name here. */
import type { CardBrand, WalletType } from "../graphql/graphql";

export const BRANDS: Record<CardBrand, string> = {
  AMEX: "American Express",
  CARTES_BANCAIRES: "Cartes Bancaires",
  DINERS: "Diners Club",
  DISCOVER: "Discover",
  EFTPOS_AU: "Eftpos",
  INTERAC: "Interac",
  JCB: "JCB",
  LINK: "Link",
  MASTERCARD: "Mastercard",
  UNIONPAY: "UnionPay",
  UNKNOWN: "Card",
  VISA: "Visa",
};

export const WALLETS: Record<WalletType, string> = {
  AMEX_EXPRESS_CHECKOUT: "Amex Express Checkout",
  APPLE_PAY: "Apple Pay",
  GOOGLE_PAY: "Google Pay",
  LINK: "Link",
  MASTERPASS: "Masterpass",
  SAMSUNG_PAY: "Samsung Pay",
  UNKNOWN: "A digital wallet",
  VISA_CHECKOUT: "Visa Checkout",
};
