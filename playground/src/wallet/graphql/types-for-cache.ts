export const possibleTypes = {};
export const typesWithoutId = [
  "Card",
  "CardNetworks",
  "CardWallet",
  "PageInfo",
  "PaymentMethodConnection"
];