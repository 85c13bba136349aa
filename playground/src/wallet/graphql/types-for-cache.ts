export const possibleTypes = {};
export const typesWithoutId = [
  "Address",
  "AttachPaymentMethodPayload",
  "BillingDetails",
  "Card",
  "CardNetworks",
  "CardWallet",
  "DetachPaymentMethodPayload",
  "PageInfo",
  "PaymentMethodConnection",
  "PaymentMethodInUseError",
  "SetDefaultPaymentMethodPayload",
  "UpdatePaymentMethodPayload"
];