export const possibleTypes = {};
export const typesWithoutId = [
  "Address",
  "BillingDetails",
  "Card",
  "CardNetworks",
  "CardWallet",
  "CompletePaymentIntentPayload",
  "CompleteSetupIntentPayload",
  "CreatePaymentIntentPayload",
  "CreateSetupIntentPayload",
  "DetachPaymentMethodPayload",
  "MicrodepositVerification",
  "NextAction",
  "PageInfo",
  "PaymentMethodConnection",
  "PaymentMethodInUseError",
  "SetDefaultPaymentMethodPayload",
  "SetupError",
  "UpdatePaymentMethodPayload",
  "VerificationFailedError",
  "VerifyMicrodepositsPayload"
];