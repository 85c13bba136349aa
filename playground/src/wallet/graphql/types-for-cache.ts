export const possibleTypes = {};
export const typesWithoutId = [
  "Address",
  "AttachPaymentMethodPayload",
  "BillingDetails",
  "Card",
  "CardNetworks",
  "CardWallet",
  "CompleteSetupIntentPayload",
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