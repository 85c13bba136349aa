/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** A postal address. An omitted field stays as it is, null clears it, and an empty string is rejected. */
export type AddressInput = {
  /** City, district, suburb, town or village. */
  city?: string | null | undefined;
  /** Two-letter country code (ISO 3166-1 alpha-2), for example US. */
  country?: string | null | undefined;
  /** Street address, post-office box or company. */
  line1?: string | null | undefined;
  /** Apartment, suite, unit or building. */
  line2?: string | null | undefined;
  /** ZIP or postal code. */
  postalCode?: string | null | undefined;
  /** State, county, province or region. */
  state?: string | null | undefined;
};

/** Whether a saved payment method may be shown again at a later checkout. UNKNOWN occurs only in results: as an input, it is refused. */
export type AllowRedisplay =
  /** It may be shown at any checkout of its customer. */
  | 'ALWAYS'
  /** It may be shown only where the customer agreed to it, for example for one subscription. */
  | 'LIMITED'
  /** A value that Stripe added after this version of the schema. */
  | 'UNKNOWN'
  /** Not specified. Stripe's own checkouts do not show it. */
  | 'UNSPECIFIED';

/** The payer's details. An omitted field stays as it is, null clears it, and an empty string is rejected. */
export type BillingDetailsInput = {
  /** Billing address. Null clears the whole address. */
  address?: AddressInput | null | undefined;
  /** Email address. */
  email?: string | null | undefined;
  /** Full name. */
  name?: string | null | undefined;
  /** Phone number, including the extension. */
  phone?: string | null | undefined;
};

/** The status of a subscription. */
export type BillingSubscriptionStatus =
  /** Its invoices are paid. */
  | 'ACTIVE'
  /** It was canceled. This is final. */
  | 'CANCELED'
  /** Its first payment has not succeeded yet. */
  | 'INCOMPLETE'
  /** Its first payment did not succeed in time. This is final. */
  | 'INCOMPLETE_EXPIRED'
  /** The payment of its latest invoice failed or is missing. */
  | 'PAST_DUE'
  /** Its trial ended without a payment method. It creates no invoices until it is resumed. */
  | 'PAUSED'
  /** It is in its trial period. */
  | 'TRIALING'
  /** A value that Stripe added after this version of the schema. */
  | 'UNKNOWN'
  /** Stripe no longer tries to collect its open invoices. */
  | 'UNPAID';

/** A card's brand or network. Stripe spells some values of display_brand and brand differently, for example american_express and amex. This enum has one spelling. UNKNOWN occurs only in results: as an input, it is refused. */
export type CardBrand =
  /** American Express. */
  | 'AMEX'
  /** Cartes Bancaires, France. */
  | 'CARTES_BANCAIRES'
  /** Diners Club. */
  | 'DINERS'
  /** Discover. */
  | 'DISCOVER'
  /** Eftpos, Australia. */
  | 'EFTPOS_AU'
  /** Interac, Canada. */
  | 'INTERAC'
  /** JCB. */
  | 'JCB'
  /** Link. */
  | 'LINK'
  /** Mastercard. */
  | 'MASTERCARD'
  /** UnionPay. */
  | 'UNIONPAY'
  /** A brand that Stripe or this schema does not recognize. */
  | 'UNKNOWN'
  /** Visa. */
  | 'VISA';

/** The parts of a card that can change. An omitted field is left unchanged. */
export type CardUpdateInput = {
  /** Expiry month, 1 to 12. Can't be cleared. */
  expMonth?: number | null | undefined;
  /** Expiry year, four digits. Can't be cleared. */
  expYear?: number | null | undefined;
  /** For a co-branded card, the network that the cardholder prefers: one of networks.available. Null clears it. */
  preferredNetwork?: CardBrand | null | undefined;
};

/** The PaymentIntent that succeeded, and what to do with the payment method that it saved. */
export type CompletePaymentIntentInput = {
  /** Identifies this request for retries. The same key with the same input is executed once and gets the same result, also after a lost response. 1 to 255 characters. If null or omitted, the service generates a key for this request. */
  idempotencyKey?: string | null | undefined;
  /** The subscriptions that the payment method is to pay from now on. Costs a REST call, and one for each subscription that moves. */
  moveSubscriptions?: SubscriptionsToMove;
  /** The policy for a card or account that the customer already had. */
  onDuplicate?: DuplicatePolicy;
  /** Id of the PaymentIntent, pi_… */
  paymentIntentId: string;
  /** Whether to make the payment method the default for invoices and subscriptions. */
  setAsDefault?: boolean;
};

/** The SetupIntent that succeeded, and what to do with the payment method that it saved. */
export type CompleteSetupIntentInput = {
  /** Identifies this request for retries. The same key with the same input is executed once and gets the same result, also after a lost response. 1 to 255 characters. If null or omitted, the service generates a key for this request. */
  idempotencyKey?: string | null | undefined;
  /** The subscriptions that the payment method is to pay from now on. Costs a REST call, and one for each subscription that moves. */
  moveSubscriptions?: SubscriptionsToMove;
  /** The policy for a card or account that the customer already had. */
  onDuplicate?: DuplicatePolicy;
  /** Whether to make the payment method the default for invoices and subscriptions. */
  setAsDefault?: boolean;
  /** Id of the SetupIntent, seti_… */
  setupIntentId: string;
};

/** The amount, the customer that pays, and what happens with the payment method. */
export type CreatePaymentIntentInput = {
  /** The amount to pay, in the currency's smallest unit: 1099 is 10.99 USD, and 1099 JPY. At least Stripe's minimum, about 0.50 USD, and in most currencies at most 99999999. In BHD, JOD, KWD, OMR and TND, the last digit is 0. */
  amount: number;
  /** Whether to pay in the same request. Requires a payment method or a customer, and idempotencyKey. */
  confirm?: boolean;
  /** Id of a ConfirmationToken, ctoken_…, that the customer's device created. It contains the payment method, and may contain returnUrl and mandate. Only with confirm. Used instead of paymentMethodId. */
  confirmationTokenId?: string | null | undefined;
  /** The currency's three-letter code of ISO 4217, for example usd. */
  currency: string;
  /** Id of the Account that represents the customer, acct_… Used instead of customerId. */
  customerAccountId?: string | null | undefined;
  /** Id of the customer that pays, cus_… If this and customerAccountId are null or omitted, the payment has no customer, and its payment method is not saved. */
  customerId?: string | null | undefined;
  /** A text that describes the payment, at most 1000 characters. */
  description?: string | null | undefined;
  /** Identifies this request for retries. The same key with the same input is executed once and gets the same result, also after a lost response. 1 to 255 characters. Required with confirm. If null or omitted, the service generates a key for this request. */
  idempotencyKey?: string | null | undefined;
  /** The customer's agreement to debits. Bank debits such as SEPA require it, and cards don't need it. Null has the same meaning as omitting it. */
  mandate?: MandateInput | null | undefined;
  /** Key-value pairs of strings to attach to the PaymentIntent: at most 50 keys of 40 characters, with values of at most 500 characters. */
  metadata?: unknown;
  /** Whether the customer is absent, so that a payment that requires authentication is declined. Only with confirm. */
  offSession?: boolean;
  /** Id of the payment method, pm_… If null or omitted, the customer's device provides the payment method on confirmation. With confirm, it is the customer's default then. */
  paymentMethodId?: string | null | undefined;
  /** The URL that the bank's page sends the customer back to. Only with confirm. If null or omitted then, payment methods that redirect are not accepted. */
  returnUrl?: string | null | undefined;
  /** Save the payment method for later payments, when this one has succeeded. If null or omitted, it is not saved: a payment method that is not attached to the customer can't be used again. */
  setupFutureUsage?: SetupIntentUsage | null | undefined;
};

/** The customer to save a payment method for, and its intended use. */
export type CreateSetupIntentInput = {
  /** Whether a later checkout may show the saved payment method again. Only with confirm. Costs a further REST call, after the SetupIntent has succeeded. A ConfirmationToken needs none: it has a value of its own. */
  allowRedisplay?: AllowRedisplay | null | undefined;
  /** Whether to confirm the SetupIntent in the same request. Requires paymentMethodId or confirmationTokenId. */
  confirm?: boolean;
  /** Id of a ConfirmationToken, ctoken_…, that the customer's device created. It contains the payment method, and may contain returnUrl and mandate. Only with confirm. Used instead of paymentMethodId. */
  confirmationTokenId?: string | null | undefined;
  /** Id of the Account that represents the customer, acct_… Used instead of customerId. */
  customerAccountId?: string | null | undefined;
  /** Id of the customer, cus_… If this and customerAccountId are null or omitted, the caller's own customer. Only a service, or any caller of the sandbox, may name a customer other than its own, or create a SetupIntent without a customer: its payment method is not saved, and can be used once. */
  customerId?: string | null | undefined;
  /** A text that describes the SetupIntent, at most 1000 characters. */
  description?: string | null | undefined;
  /** Identifies this request for retries. The same key with the same input is executed once and gets the same result, also after a lost response. 1 to 255 characters. If null or omitted, the service generates a key for this request. */
  idempotencyKey?: string | null | undefined;
  /** The customer's agreement to debits. Bank debits such as SEPA require it, and cards don't need it. Null has the same meaning as omitting it. */
  mandate?: MandateInput | null | undefined;
  /** Key-value pairs of strings to attach to the SetupIntent: at most 50 keys of 40 characters, with values of at most 500 characters. */
  metadata?: unknown;
  /** Id of the payment method, pm_… If null or omitted, the customer's device provides the payment method on confirmation. */
  paymentMethodId?: string | null | undefined;
  /** Stripe's names of the types of payment methods that it accepts, for example card and sepa_debit. If null or omitted, the types that are on in the Stripe Dashboard. With confirm, returnUrl is required if one of them redirects. */
  paymentMethodTypes?: Array<string> | null | undefined;
  /** The URL that the bank's page sends the customer back to. Only with confirm. Null has the same meaning as omitting it. */
  returnUrl?: string | null | undefined;
  /** The intended use of the payment method. */
  usage?: SetupIntentUsage;
};

/** The payment method to detach. */
export type DetachPaymentMethodInput = {
  /** Identifies this request for retries. The same key with the same input is executed once and gets the same result, also after a lost response. 1 to 255 characters. If null or omitted, the service generates a key for this request. */
  idempotencyKey?: string | null | undefined;
  /** Id of the payment method, pm_… */
  paymentMethodId: string;
  /** Fail with PaymentMethodInUseError if the payment method is the customer's default or pays for an active subscription. As in Stripe, a subscription is paid by its own payment method or, if it has none, by its legacy source, then the customer's default payment method, then the customer's legacy source. */
  unlessInUse?: boolean;
};

/** The policy for a card or account that the customer already has: same fingerprint, and for a card the same expiry date. */
export type DuplicatePolicy =
  /** Keep the new payment method without looking for duplicates. */
  | 'KEEP_BOTH'
  /** Fail with DuplicatePaymentMethodError, and permanently detach the new payment method. The existing one becomes the default if the new one was. */
  | 'REJECT'
  /** Keep the new payment method, and permanently detach all existing ones. The new one becomes the default if an existing one was. */
  | 'REPLACE_EXISTING'
  /** Return the existing payment method, the oldest if there are several, and permanently detach the new one. The existing one becomes the default if the new one was. */
  | 'REUSE_EXISTING';

/** How the customer agreed to debits from their account. For a CUSTOMER only online, and only if the operator allows it; FORBIDDEN otherwise. */
export type MandateInput =
  {   /** The customer agreed in another way, for example on paper. */
  offline: OfflineAcceptanceInput; online?: never; }
  |  { offline?: never;   /** The customer agreed on a website or in an app, just before this request. */
  online: OnlineAcceptanceInput; };

/** The customer's agreement outside of the internet, for example on paper. */
export type OfflineAcceptanceInput = {
  /** When the customer agreed. */
  acceptedAt: string;
};

/** The customer's agreement on a website or in an app. */
export type OnlineAcceptanceInput = {
  /** The address of the customer's device, IPv4 or IPv6. For a CUSTOMER, the service uses the address that the request came from instead. */
  ipAddress: string;
  /** The user agent of the customer's browser or app. For a CUSTOMER, the service uses the User-Agent of the request instead. */
  userAgent: string;
};

/** The status of a PaymentIntent. */
export type PaymentIntentStatus =
  /** It was canceled. Nothing is paid. */
  | 'CANCELED'
  /** The bank is processing the payment, for example a debit, which takes days. Query it again later. Don't deliver yet, and don't pay again. */
  | 'PROCESSING'
  /** The customer must act, for example for 3-D Secure. nextAction has the details. */
  | 'REQUIRES_ACTION'
  /** The amount is authorized, and must be captured. This service does not capture. */
  | 'REQUIRES_CAPTURE'
  /** It has a payment method, and must be confirmed. */
  | 'REQUIRES_CONFIRMATION'
  /** It needs a payment method, or another one after a failed attempt. Nothing is paid. */
  | 'REQUIRES_PAYMENT_METHOD'
  /** It is paid. */
  | 'SUCCEEDED'
  /** A value that Stripe added after this version of the schema. */
  | 'UNKNOWN';

/** Stripe's types of payment method. Stripe adds new ones often: for UNKNOWN, typeName has Stripe's name. UNKNOWN occurs only in results: as an input, it is refused. */
export type PaymentMethodType =
  /** A bank account in Canada. */
  | 'ACSS_DEBIT'
  /** Pay later with Affirm, North America. */
  | 'AFFIRM'
  /** Pay later with Afterpay, called Clearpay in Europe. */
  | 'AFTERPAY_CLEARPAY'
  /** The Alipay wallet, China. */
  | 'ALIPAY'
  /** Pay in instalments with Alma, France. */
  | 'ALMA'
  /** The Amazon Pay wallet. */
  | 'AMAZON_PAY'
  /** A bank account in Australia. */
  | 'AU_BECS_DEBIT'
  /** A bank account in the United Kingdom. */
  | 'BACS_DEBIT'
  /** Bancontact, Belgium. */
  | 'BANCONTACT'
  /** Pay later with Billie, for businesses in Europe. */
  | 'BILLIE'
  /** Bizum, Spain. */
  | 'BIZUM'
  /** BLIK, Poland. */
  | 'BLIK'
  /** A voucher paid at a bank or shop, Brazil. */
  | 'BOLETO'
  /** A credit, debit or prepaid card. */
  | 'CARD'
  /** A card shown to a reader. */
  | 'CARD_PRESENT'
  /** Cash App, United States. */
  | 'CASHAPP'
  /** Stablecoins from a crypto wallet. */
  | 'CRYPTO'
  /** A type that the Stripe account's owner defined. */
  | 'CUSTOM'
  /** Money that the customer has with the Stripe account. */
  | 'CUSTOMER_BALANCE'
  /** A bank account in Austria. */
  | 'EPS'
  /** A bank account in Malaysia. */
  | 'FPX'
  /** A bank account in Germany; giropay has ended. */
  | 'GIROPAY'
  /** The GrabPay wallet, South-East Asia. */
  | 'GRABPAY'
  /** A bank account in the Netherlands. */
  | 'IDEAL'
  /** An Interac card shown to a reader. */
  | 'INTERAC_PRESENT'
  /** The Kakao Pay wallet, South Korea. */
  | 'KAKAO_PAY'
  /** Pay later with Klarna. */
  | 'KLARNA'
  /** Cash at a convenience store, Japan. */
  | 'KONBINI'
  /** A card issued in South Korea. */
  | 'KR_CARD'
  /** Link, Stripe's own wallet. */
  | 'LINK'
  /** MB WAY, Portugal. */
  | 'MB_WAY'
  /** The MobilePay wallet, Denmark and Finland. */
  | 'MOBILEPAY'
  /** A voucher paid at a bank or machine, Portugal. */
  | 'MULTIBANCO'
  /** The Naver Pay wallet, South Korea. */
  | 'NAVER_PAY'
  /** A bank account in New Zealand. */
  | 'NZ_BANK_ACCOUNT'
  /** Cash at an OXXO store, Mexico. */
  | 'OXXO'
  /** A bank account in Poland. */
  | 'P24'
  /** The PAYCO wallet, South Korea. */
  | 'PAYCO'
  /** A bank account in Singapore. */
  | 'PAYNOW'
  /** PayPal. */
  | 'PAYPAL'
  /** The PayPay wallet, Japan. */
  | 'PAYPAY'
  /** An agreement to debit an account in Australia. */
  | 'PAYTO'
  /** A bank account, by open banking. */
  | 'PAY_BY_BANK'
  /** Pix, Brazil. */
  | 'PIX'
  /** A bank account in Thailand. */
  | 'PROMPTPAY'
  /** The Revolut Pay wallet. */
  | 'REVOLUT_PAY'
  /** The Samsung Pay wallet, South Korea. */
  | 'SAMSUNG_PAY'
  /** The Satispay wallet, Italy. */
  | 'SATISPAY'
  /** Pay in instalments with Scalapay, Europe. */
  | 'SCALAPAY'
  /** A bank account in the euro area. */
  | 'SEPA_DEBIT'
  /** Pay in instalments with seQura, Spain. */
  | 'SEQURA'
  /** A bank account in Europe; Sofort has ended. */
  | 'SOFORT'
  /** Pay in instalments with Sunbit, United States. */
  | 'SUNBIT'
  /** Swish, Sweden. */
  | 'SWISH'
  /** TWINT, Switzerland. */
  | 'TWINT'
  /** A value that Stripe added after this version of the schema. */
  | 'UNKNOWN'
  /** A bank account in India. */
  | 'UPI'
  /** A bank account in the United States. */
  | 'US_BANK_ACCOUNT'
  /** The WeChat Pay wallet, China. */
  | 'WECHAT_PAY'
  /** Pay later with Zip, Australia and the United States. */
  | 'ZIP';

/** The payment method to use by default, and the customer. */
export type SetDefaultPaymentMethodInput = {
  /** Id of the Account that represents the customer, acct_… Used instead of customerId. */
  customerAccountId?: string | null | undefined;
  /** Id of the customer, cus_… If this and customerAccountId are null or omitted, the caller's own customer. Only a service, or any caller of the sandbox, may name a customer other than its own. */
  customerId?: string | null | undefined;
  /** Identifies this request for retries. The same key with the same input is executed once and gets the same result, also after a lost response. 1 to 255 characters. If null or omitted, the service generates a key for this request. */
  idempotencyKey?: string | null | undefined;
  /** The subscriptions that the payment method is to pay from now on. Costs a REST call, and one for each subscription that moves. */
  moveSubscriptions?: SubscriptionsToMove;
  /** Id of the payment method, pm_… The payment method must be attached to the customer. Null clears the default. Omitting it is an error, so that a missing variable never clears the default. */
  paymentMethodId?: string | null | undefined;
};

/** The status of a SetupIntent. */
export type SetupIntentStatus =
  /** It was canceled. Create a new SetupIntent to try again. */
  | 'CANCELED'
  /** The bank is processing it. Query it again later. */
  | 'PROCESSING'
  /** The customer must act, for example for 3-D Secure. nextAction has the details. */
  | 'REQUIRES_ACTION'
  /** It has a payment method, and must be confirmed. */
  | 'REQUIRES_CONFIRMATION'
  /** It needs a payment method, or another one after a failed attempt. */
  | 'REQUIRES_PAYMENT_METHOD'
  /** It succeeded: the payment method is saved. */
  | 'SUCCEEDED'
  /** A value that Stripe added after this version of the schema. */
  | 'UNKNOWN';

/** The intended use of a saved payment method. It determines the authentication that the bank requires now. UNKNOWN occurs only in results: as an input, it is refused. */
export type SetupIntentUsage =
  /** Payments with and without the customer present. */
  | 'OFF_SESSION'
  /** Only payments while the customer is present. */
  | 'ON_SESSION'
  /** A value that Stripe added after this version of the schema. */
  | 'UNKNOWN';

/** The subscriptions that a payment method is to pay from now on. */
export type SubscriptionsToMove =
  /** All that are charged automatically. One that names no payment method keeps following the customer's default if this one is or becomes the default. */
  | 'ALL'
  /** None: no subscription is changed. */
  | 'NONE'
  /** Those that name a payment method that this one replaces: a duplicate that is detached, or the previous default if this one becomes the default. */
  | 'REPLACED';

/** The changes to a saved payment method. An omitted field stays as it is, null clears it, and an empty string is rejected. */
export type UpdatePaymentMethodInput = {
  /** Whether a later checkout may show the payment method again. Null sets UNSPECIFIED. */
  allowRedisplay?: AllowRedisplay | null | undefined;
  /** The payer's details. Null clears all of them: name, email, phone, address and taxId. */
  billingDetails?: BillingDetailsInput | null | undefined;
  /** The parts of a card that can change. Can't be cleared. */
  card?: CardUpdateInput | null | undefined;
  /** Identifies this request for retries. The same key with the same input is executed once and gets the same result, also after a lost response. 1 to 255 characters. If null or omitted, the service generates a key for this request. */
  idempotencyKey?: string | null | undefined;
  /** An object of strings, which is merged into the existing metadata. A key with the value null is removed; null for the whole object removes all keys. An empty string as a value is rejected. */
  metadata?: unknown;
  /** Id of the payment method, pm_… */
  paymentMethodId: string;
};

/** The kind of user error. Each error type has one code. */
export type UserErrorCode =
  /** The payment method was saved, but allowRedisplay was not set. */
  | 'ALLOW_REDISPLAY_NOT_SET'
  /** The payment method is attached to another customer. */
  | 'ALREADY_ATTACHED'
  /** The issuer declined the card. */
  | 'CARD_DECLINED'
  /** A bank or a provider declined the payment method, which is not a card. */
  | 'DECLINED'
  /** The payment method is saved, but not confirmed as the default. */
  | 'DEFAULT_NOT_SET'
  /** The customer already has the same card or account. */
  | 'DUPLICATE'
  /** The idempotency key was already used with other input. */
  | 'IDEMPOTENCY_CONFLICT'
  /** A value in the input is not accepted. */
  | 'INVALID_INPUT'
  /** The status of the SetupIntent or PaymentIntent does not allow this step. */
  | 'INVALID_STATE'
  /** The payment method is the customer's default, or pays for a subscription. */
  | 'IN_USE'
  /** The payment method is not attached to a customer. */
  | 'NOT_ATTACHED'
  /** The object does not exist, or the caller may not access it. */
  | 'NOT_FOUND'
  /** The payment method was detached or used up, and can't be used again. */
  | 'NOT_REUSABLE'
  /** Stripe does not allow payment methods of this type to be saved. */
  | 'NOT_SAVEABLE'
  /** The payment method is saved, but subscriptions were not confirmed to use it. */
  | 'SUBSCRIPTIONS_NOT_MOVED'
  /** The bank account could not be verified with small deposits. */
  | 'VERIFICATION_FAILED';

/** Why a bank account could not be verified with small deposits. */
export type VerificationFailure =
  /** All tries were used. The SetupIntent needs another payment method. */
  | 'ATTEMPTS_EXCEEDED'
  /** The amounts or the code don't match the deposits. The customer can try again. */
  | 'MISMATCH'
  /** The deposits could not be sent. The SetupIntent needs another payment method. */
  | 'NOT_SENT'
  /** The time to verify is over. The SetupIntent needs another payment method. */
  | 'TIMEOUT';

/** The SetupIntent, and what the customer read on the bank statement: amounts or descriptorCode. */
export type VerifyMicrodepositsInput = {
  /** The two amounts in cents, in any order, if microdepositType is amounts. */
  amounts?: Array<number> | null | undefined;
  /** The code of six characters that starts with SM, if microdepositType is descriptor_code. */
  descriptorCode?: string | null | undefined;
  /** Identifies this request for retries. The same key with the same input is executed once and gets the same result, also after a lost response. 1 to 255 characters. If null or omitted, the service generates a key for this request. */
  idempotencyKey?: string | null | undefined;
  /** Id of the SetupIntent, seti_… */
  setupIntentId: string;
};

/** The kind of a change of a wallet. New values may be added. */
export type WalletChangeKind =
  /** The customer was deleted, with all of its payment methods. */
  | 'CUSTOMER_DELETED'
  /** Another field of the customer changed. */
  | 'CUSTOMER_UPDATED'
  /** The customer's default payment method changed. */
  | 'DEFAULT_CHANGED'
  /** A payment method was attached to the customer. */
  | 'PAYMENT_METHOD_ATTACHED'
  /** The card network sent new details of a card, for example a new number or expiry. */
  | 'PAYMENT_METHOD_AUTOMATICALLY_UPDATED'
  /** A payment method was detached from the customer. */
  | 'PAYMENT_METHOD_DETACHED'
  /** A payment method was updated, for example its billing details. */
  | 'PAYMENT_METHOD_UPDATED'
  /** Changes may have been missed: read the wallet again. Later changes follow. */
  | 'RESYNC'
  /** A change of a kind that was added after this version of the schema. */
  | 'UNKNOWN';

/** The digital wallet that a card was provided by. */
export type WalletType =
  /** Amex Express Checkout. */
  | 'AMEX_EXPRESS_CHECKOUT'
  /** Apple Pay. */
  | 'APPLE_PAY'
  /** Google Pay. */
  | 'GOOGLE_PAY'
  /** Link, Stripe's own wallet. */
  | 'LINK'
  /** Masterpass. */
  | 'MASTERPASS'
  /** Samsung Pay. */
  | 'SAMSUNG_PAY'
  /** A value that Stripe added after this version of the schema. */
  | 'UNKNOWN'
  /** Visa Checkout. */
  | 'VISA_CHECKOUT';

export type BeginToSaveMutationVariables = Exact<{
  input: CreateSetupIntentInput;
}>;


export type BeginToSaveMutation = { createSetupIntent: { setupIntent: { id: string, clientSecret: string | null } | null, errors: Array<
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
    > } | null };

export type ReadSetupQueryVariables = Exact<{
  id: string;
}>;


export type ReadSetupQuery = { setupIntent: { id: string, status: SetupIntentStatus, clientSecret: string | null, lastSetupError: { type: string, code: string, declineCode: string | null, message: string } | null, paymentMethod: { id: string, displayLabel: string } | null, nextAction: { type: string, redirectToUrl: string | null, verifyWithMicrodeposits: { arrivalDate: string, microdepositType: string } | null } | null } | null };

export type CompleteSavingMutationVariables = Exact<{
  input: CompleteSetupIntentInput;
}>;


export type CompleteSavingMutation = { completeSetupIntent: { reusedExisting: boolean, customer: { ' $fragmentRefs'?: { 'Wallet_CustomerFragment': Wallet_CustomerFragment } } | null, paymentMethod: { id: string, displayLabel: string } | null, movedSubscriptions: Array<{ id: string }>, errors: Array<
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
    > } | null };

export type VerifyAccountMutationVariables = Exact<{
  input: VerifyMicrodepositsInput;
}>;


export type VerifyAccountMutation = { verifyMicrodeposits: { setupIntent: { id: string, status: SetupIntentStatus } | null, errors: Array<
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { reason: VerificationFailure, attemptsRemaining: number | null, code: UserErrorCode, message: string, path: Array<string> | null }
    > } | null };

export type EditMethod_MethodFragment = { id: string, displayLabel: string, billingDetails: { name: string | null, email: string | null, phone: string | null, address: { line1: string | null, line2: string | null, city: string | null, state: string | null, postalCode: string | null, country: string | null } | null }, card: { expMonth: number, expYear: number, networks: { available: Array<CardBrand>, preferred: CardBrand | null } | null } | null } & { ' $fragmentName'?: 'EditMethod_MethodFragment' };

export type EditMutationVariables = Exact<{
  input: UpdatePaymentMethodInput;
}>;


export type EditMutation = { updatePaymentMethod: { paymentMethod: (
      { id: string }
      & { ' $fragmentRefs'?: { 'Method_MethodFragment': Method_MethodFragment;'MethodCard_MethodFragment': MethodCard_MethodFragment;'EditMethod_MethodFragment': EditMethod_MethodFragment } }
    ) | null, errors: Array<
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
    > } | null };

export type SetDefaultMutationVariables = Exact<{
  input: SetDefaultPaymentMethodInput;
}>;


export type SetDefaultMutation = { setDefaultPaymentMethod: { customer: { ' $fragmentRefs'?: { 'Wallet_CustomerFragment': Wallet_CustomerFragment } } | null, movedSubscriptions: Array<{ id: string }>, errors: Array<
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
    > } | null };

export type RemoveMutationVariables = Exact<{
  input: DetachPaymentMethodInput;
}>;


export type RemoveMutation = { detachPaymentMethod: { customer: { ' $fragmentRefs'?: { 'Wallet_CustomerFragment': Wallet_CustomerFragment } } | null, errors: Array<
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { isDefault: boolean, activeSubscriptionCount: number, code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
    > } | null };

export type MethodCard_MethodFragment = (
  { id: string, type: PaymentMethodType, displayLabel: string, isExpired: boolean, created: string, billingDetails: { name: string | null }, card: { brand: CardBrand, displayBrand: CardBrand | null, expMonth: number, expYear: number, wallet: { type: WalletType } | null, networks: { available: Array<CardBrand>, preferred: CardBrand | null } | null } | null }
  & { ' $fragmentRefs'?: { 'PaysFor_MethodFragment': PaysFor_MethodFragment } }
) & { ' $fragmentName'?: 'MethodCard_MethodFragment' };

export type PaysFor_MethodFragment = { id: string, subscriptions: Array<{ id: string, description: string | null, status: BillingSubscriptionStatus, currentPeriodEnd: string | null, cancelAtPeriodEnd: boolean }> } & { ' $fragmentName'?: 'PaysFor_MethodFragment' };

export type Wallet_CustomerFragment = { id: string, name: string | null, email: string | null, defaultPaymentMethod: { id: string } | null, paymentMethods: { nodes: Array<(
      { id: string }
      & { ' $fragmentRefs'?: { 'Method_MethodFragment': Method_MethodFragment;'MethodCard_MethodFragment': MethodCard_MethodFragment;'EditMethod_MethodFragment': EditMethod_MethodFragment } }
    )>, pageInfo: { hasNextPage: boolean } } } & { ' $fragmentName'?: 'Wallet_CustomerFragment' };

export type Method_MethodFragment = { id: string, displayLabel: string, type: PaymentMethodType, card: { expMonth: number, expYear: number } | null, subscriptions: Array<{ id: string }> } & { ' $fragmentName'?: 'Method_MethodFragment' };

export type ReadWalletQueryVariables = Exact<{
  customerId?: string | null | undefined;
}>;


export type ReadWalletQuery = { customer: { ' $fragmentRefs'?: { 'Wallet_CustomerFragment': Wallet_CustomerFragment } } | null };

export type WatchWalletSubscriptionVariables = Exact<{
  customerId?: string | null | undefined;
}>;


export type WatchWalletSubscription = { walletChanged: { id: string, kind: WalletChangeKind, paymentMethodId: string | null, customer: { ' $fragmentRefs'?: { 'Wallet_CustomerFragment': Wallet_CustomerFragment } } | null } };

export type ReadPaymentQueryVariables = Exact<{
  id: string;
}>;


export type ReadPaymentQuery = { paymentIntent: { id: string, status: PaymentIntentStatus, amount: number, currency: string, setupFutureUsage: SetupIntentUsage | null, lastPaymentError: { type: string, code: string, declineCode: string | null, message: string } | null, nextAction: { type: string, redirectToUrl: string | null } | null } | null };

export type CompletePaymentMutationVariables = Exact<{
  input: CompletePaymentIntentInput;
}>;


export type CompletePaymentMutation = { completePaymentIntent: { reusedExisting: boolean, customer: { ' $fragmentRefs'?: { 'Wallet_CustomerFragment': Wallet_CustomerFragment } } | null, paymentMethod: { id: string, displayLabel: string } | null, movedSubscriptions: Array<{ id: string }>, errors: Array<
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
      | { code: UserErrorCode, message: string, path: Array<string> | null }
    > } | null };

export type CreatePaymentMutationVariables = Exact<{
  input: CreatePaymentIntentInput;
}>;


export type CreatePaymentMutation = { createPaymentIntent: { paymentIntent: { id: string, clientSecret: string | null } | null, errors: Array<
      | { message: string }
      | { message: string }
      | { message: string }
      | { message: string }
      | { message: string }
      | { message: string }
      | { message: string }
      | { message: string }
      | { message: string }
      | { message: string }
      | { message: string }
      | { message: string }
      | { message: string }
      | { message: string }
      | { message: string }
      | { message: string }
    > } | null };

export const Method_MethodFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Method_method"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PaymentMethod"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"displayLabel"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"card"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"expMonth"}},{"kind":"Field","name":{"kind":"Name","value":"expYear"}}]}},{"kind":"Field","name":{"kind":"Name","value":"subscriptions"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}}]}}]} as unknown as DocumentNode<Method_MethodFragment, unknown>;
export const PaysFor_MethodFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PaysFor_method"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PaymentMethod"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"subscriptions"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"currentPeriodEnd"}},{"kind":"Field","name":{"kind":"Name","value":"cancelAtPeriodEnd"}}]}}]}}]} as unknown as DocumentNode<PaysFor_MethodFragment, unknown>;
export const MethodCard_MethodFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"MethodCard_method"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PaymentMethod"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"displayLabel"}},{"kind":"Field","name":{"kind":"Name","value":"isExpired"}},{"kind":"Field","name":{"kind":"Name","value":"created"}},{"kind":"Field","name":{"kind":"Name","value":"billingDetails"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"card"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"brand"}},{"kind":"Field","name":{"kind":"Name","value":"displayBrand"}},{"kind":"Field","name":{"kind":"Name","value":"expMonth"}},{"kind":"Field","name":{"kind":"Name","value":"expYear"}},{"kind":"Field","name":{"kind":"Name","value":"wallet"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"type"}}]}},{"kind":"Field","name":{"kind":"Name","value":"networks"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"available"}},{"kind":"Field","name":{"kind":"Name","value":"preferred"}}]}}]}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"PaysFor_method"}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PaysFor_method"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PaymentMethod"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"subscriptions"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"currentPeriodEnd"}},{"kind":"Field","name":{"kind":"Name","value":"cancelAtPeriodEnd"}}]}}]}}]} as unknown as DocumentNode<MethodCard_MethodFragment, unknown>;
export const EditMethod_MethodFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"EditMethod_method"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PaymentMethod"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"displayLabel"}},{"kind":"Field","name":{"kind":"Name","value":"billingDetails"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"email"}},{"kind":"Field","name":{"kind":"Name","value":"phone"}},{"kind":"Field","name":{"kind":"Name","value":"address"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"line1"}},{"kind":"Field","name":{"kind":"Name","value":"line2"}},{"kind":"Field","name":{"kind":"Name","value":"city"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"postalCode"}},{"kind":"Field","name":{"kind":"Name","value":"country"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"card"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"expMonth"}},{"kind":"Field","name":{"kind":"Name","value":"expYear"}},{"kind":"Field","name":{"kind":"Name","value":"networks"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"available"}},{"kind":"Field","name":{"kind":"Name","value":"preferred"}}]}}]}}]}}]} as unknown as DocumentNode<EditMethod_MethodFragment, unknown>;
export const Wallet_CustomerFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Wallet_customer"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Customer"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"email"}},{"kind":"Field","name":{"kind":"Name","value":"defaultPaymentMethod"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}},{"kind":"Field","name":{"kind":"Name","value":"paymentMethods"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"100"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"Method_method"}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"MethodCard_method"}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"EditMethod_method"}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PaysFor_method"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PaymentMethod"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"subscriptions"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"currentPeriodEnd"}},{"kind":"Field","name":{"kind":"Name","value":"cancelAtPeriodEnd"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Method_method"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PaymentMethod"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"displayLabel"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"card"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"expMonth"}},{"kind":"Field","name":{"kind":"Name","value":"expYear"}}]}},{"kind":"Field","name":{"kind":"Name","value":"subscriptions"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"MethodCard_method"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PaymentMethod"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"displayLabel"}},{"kind":"Field","name":{"kind":"Name","value":"isExpired"}},{"kind":"Field","name":{"kind":"Name","value":"created"}},{"kind":"Field","name":{"kind":"Name","value":"billingDetails"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"card"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"brand"}},{"kind":"Field","name":{"kind":"Name","value":"displayBrand"}},{"kind":"Field","name":{"kind":"Name","value":"expMonth"}},{"kind":"Field","name":{"kind":"Name","value":"expYear"}},{"kind":"Field","name":{"kind":"Name","value":"wallet"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"type"}}]}},{"kind":"Field","name":{"kind":"Name","value":"networks"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"available"}},{"kind":"Field","name":{"kind":"Name","value":"preferred"}}]}}]}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"PaysFor_method"}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"EditMethod_method"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PaymentMethod"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"displayLabel"}},{"kind":"Field","name":{"kind":"Name","value":"billingDetails"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"email"}},{"kind":"Field","name":{"kind":"Name","value":"phone"}},{"kind":"Field","name":{"kind":"Name","value":"address"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"line1"}},{"kind":"Field","name":{"kind":"Name","value":"line2"}},{"kind":"Field","name":{"kind":"Name","value":"city"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"postalCode"}},{"kind":"Field","name":{"kind":"Name","value":"country"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"card"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"expMonth"}},{"kind":"Field","name":{"kind":"Name","value":"expYear"}},{"kind":"Field","name":{"kind":"Name","value":"networks"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"available"}},{"kind":"Field","name":{"kind":"Name","value":"preferred"}}]}}]}}]}}]} as unknown as DocumentNode<Wallet_CustomerFragment, unknown>;
export const BeginToSaveDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"BeginToSave"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CreateSetupIntentInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"createSetupIntent"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"setupIntent"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"clientSecret"}}]}},{"kind":"Field","name":{"kind":"Name","value":"errors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"path"}}]}}]}}]}}]} as unknown as DocumentNode<BeginToSaveMutation, BeginToSaveMutationVariables>;
export const ReadSetupDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"ReadSetup"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"setupIntent"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"clientSecret"}},{"kind":"Field","name":{"kind":"Name","value":"lastSetupError"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"declineCode"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"paymentMethod"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"displayLabel"}}]}},{"kind":"Field","name":{"kind":"Name","value":"nextAction"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"redirectToUrl"}},{"kind":"Field","name":{"kind":"Name","value":"verifyWithMicrodeposits"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"arrivalDate"}},{"kind":"Field","name":{"kind":"Name","value":"microdepositType"}}]}}]}}]}}]}}]} as unknown as DocumentNode<ReadSetupQuery, ReadSetupQueryVariables>;
export const CompleteSavingDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"CompleteSaving"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CompleteSetupIntentInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"completeSetupIntent"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"customer"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Wallet_customer"}}]}},{"kind":"Field","name":{"kind":"Name","value":"paymentMethod"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"displayLabel"}}]}},{"kind":"Field","name":{"kind":"Name","value":"reusedExisting"}},{"kind":"Field","name":{"kind":"Name","value":"movedSubscriptions"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}},{"kind":"Field","name":{"kind":"Name","value":"errors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"path"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Method_method"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PaymentMethod"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"displayLabel"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"card"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"expMonth"}},{"kind":"Field","name":{"kind":"Name","value":"expYear"}}]}},{"kind":"Field","name":{"kind":"Name","value":"subscriptions"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PaysFor_method"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PaymentMethod"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"subscriptions"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"currentPeriodEnd"}},{"kind":"Field","name":{"kind":"Name","value":"cancelAtPeriodEnd"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"MethodCard_method"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PaymentMethod"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"displayLabel"}},{"kind":"Field","name":{"kind":"Name","value":"isExpired"}},{"kind":"Field","name":{"kind":"Name","value":"created"}},{"kind":"Field","name":{"kind":"Name","value":"billingDetails"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"card"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"brand"}},{"kind":"Field","name":{"kind":"Name","value":"displayBrand"}},{"kind":"Field","name":{"kind":"Name","value":"expMonth"}},{"kind":"Field","name":{"kind":"Name","value":"expYear"}},{"kind":"Field","name":{"kind":"Name","value":"wallet"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"type"}}]}},{"kind":"Field","name":{"kind":"Name","value":"networks"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"available"}},{"kind":"Field","name":{"kind":"Name","value":"preferred"}}]}}]}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"PaysFor_method"}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"EditMethod_method"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PaymentMethod"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"displayLabel"}},{"kind":"Field","name":{"kind":"Name","value":"billingDetails"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"email"}},{"kind":"Field","name":{"kind":"Name","value":"phone"}},{"kind":"Field","name":{"kind":"Name","value":"address"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"line1"}},{"kind":"Field","name":{"kind":"Name","value":"line2"}},{"kind":"Field","name":{"kind":"Name","value":"city"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"postalCode"}},{"kind":"Field","name":{"kind":"Name","value":"country"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"card"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"expMonth"}},{"kind":"Field","name":{"kind":"Name","value":"expYear"}},{"kind":"Field","name":{"kind":"Name","value":"networks"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"available"}},{"kind":"Field","name":{"kind":"Name","value":"preferred"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Wallet_customer"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Customer"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"email"}},{"kind":"Field","name":{"kind":"Name","value":"defaultPaymentMethod"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}},{"kind":"Field","name":{"kind":"Name","value":"paymentMethods"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"100"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"Method_method"}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"MethodCard_method"}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"EditMethod_method"}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}}]}}]}}]}}]} as unknown as DocumentNode<CompleteSavingMutation, CompleteSavingMutationVariables>;
export const VerifyAccountDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"VerifyAccount"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"VerifyMicrodepositsInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"verifyMicrodeposits"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"setupIntent"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}},{"kind":"Field","name":{"kind":"Name","value":"errors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"path"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"VerificationFailedError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"reason"}},{"kind":"Field","name":{"kind":"Name","value":"attemptsRemaining"}}]}}]}}]}}]}}]} as unknown as DocumentNode<VerifyAccountMutation, VerifyAccountMutationVariables>;
export const EditDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"Edit"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"UpdatePaymentMethodInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"updatePaymentMethod"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"paymentMethod"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"Method_method"}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"MethodCard_method"}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"EditMethod_method"}}]}},{"kind":"Field","name":{"kind":"Name","value":"errors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"path"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PaysFor_method"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PaymentMethod"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"subscriptions"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"currentPeriodEnd"}},{"kind":"Field","name":{"kind":"Name","value":"cancelAtPeriodEnd"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Method_method"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PaymentMethod"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"displayLabel"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"card"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"expMonth"}},{"kind":"Field","name":{"kind":"Name","value":"expYear"}}]}},{"kind":"Field","name":{"kind":"Name","value":"subscriptions"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"MethodCard_method"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PaymentMethod"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"displayLabel"}},{"kind":"Field","name":{"kind":"Name","value":"isExpired"}},{"kind":"Field","name":{"kind":"Name","value":"created"}},{"kind":"Field","name":{"kind":"Name","value":"billingDetails"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"card"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"brand"}},{"kind":"Field","name":{"kind":"Name","value":"displayBrand"}},{"kind":"Field","name":{"kind":"Name","value":"expMonth"}},{"kind":"Field","name":{"kind":"Name","value":"expYear"}},{"kind":"Field","name":{"kind":"Name","value":"wallet"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"type"}}]}},{"kind":"Field","name":{"kind":"Name","value":"networks"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"available"}},{"kind":"Field","name":{"kind":"Name","value":"preferred"}}]}}]}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"PaysFor_method"}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"EditMethod_method"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PaymentMethod"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"displayLabel"}},{"kind":"Field","name":{"kind":"Name","value":"billingDetails"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"email"}},{"kind":"Field","name":{"kind":"Name","value":"phone"}},{"kind":"Field","name":{"kind":"Name","value":"address"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"line1"}},{"kind":"Field","name":{"kind":"Name","value":"line2"}},{"kind":"Field","name":{"kind":"Name","value":"city"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"postalCode"}},{"kind":"Field","name":{"kind":"Name","value":"country"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"card"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"expMonth"}},{"kind":"Field","name":{"kind":"Name","value":"expYear"}},{"kind":"Field","name":{"kind":"Name","value":"networks"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"available"}},{"kind":"Field","name":{"kind":"Name","value":"preferred"}}]}}]}}]}}]} as unknown as DocumentNode<EditMutation, EditMutationVariables>;
export const SetDefaultDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"SetDefault"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"SetDefaultPaymentMethodInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"setDefaultPaymentMethod"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"customer"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Wallet_customer"}}]}},{"kind":"Field","name":{"kind":"Name","value":"movedSubscriptions"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}},{"kind":"Field","name":{"kind":"Name","value":"errors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"path"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Method_method"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PaymentMethod"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"displayLabel"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"card"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"expMonth"}},{"kind":"Field","name":{"kind":"Name","value":"expYear"}}]}},{"kind":"Field","name":{"kind":"Name","value":"subscriptions"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PaysFor_method"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PaymentMethod"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"subscriptions"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"currentPeriodEnd"}},{"kind":"Field","name":{"kind":"Name","value":"cancelAtPeriodEnd"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"MethodCard_method"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PaymentMethod"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"displayLabel"}},{"kind":"Field","name":{"kind":"Name","value":"isExpired"}},{"kind":"Field","name":{"kind":"Name","value":"created"}},{"kind":"Field","name":{"kind":"Name","value":"billingDetails"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"card"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"brand"}},{"kind":"Field","name":{"kind":"Name","value":"displayBrand"}},{"kind":"Field","name":{"kind":"Name","value":"expMonth"}},{"kind":"Field","name":{"kind":"Name","value":"expYear"}},{"kind":"Field","name":{"kind":"Name","value":"wallet"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"type"}}]}},{"kind":"Field","name":{"kind":"Name","value":"networks"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"available"}},{"kind":"Field","name":{"kind":"Name","value":"preferred"}}]}}]}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"PaysFor_method"}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"EditMethod_method"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PaymentMethod"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"displayLabel"}},{"kind":"Field","name":{"kind":"Name","value":"billingDetails"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"email"}},{"kind":"Field","name":{"kind":"Name","value":"phone"}},{"kind":"Field","name":{"kind":"Name","value":"address"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"line1"}},{"kind":"Field","name":{"kind":"Name","value":"line2"}},{"kind":"Field","name":{"kind":"Name","value":"city"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"postalCode"}},{"kind":"Field","name":{"kind":"Name","value":"country"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"card"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"expMonth"}},{"kind":"Field","name":{"kind":"Name","value":"expYear"}},{"kind":"Field","name":{"kind":"Name","value":"networks"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"available"}},{"kind":"Field","name":{"kind":"Name","value":"preferred"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Wallet_customer"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Customer"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"email"}},{"kind":"Field","name":{"kind":"Name","value":"defaultPaymentMethod"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}},{"kind":"Field","name":{"kind":"Name","value":"paymentMethods"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"100"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"Method_method"}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"MethodCard_method"}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"EditMethod_method"}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}}]}}]}}]}}]} as unknown as DocumentNode<SetDefaultMutation, SetDefaultMutationVariables>;
export const RemoveDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"Remove"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"DetachPaymentMethodInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"detachPaymentMethod"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"customer"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Wallet_customer"}}]}},{"kind":"Field","name":{"kind":"Name","value":"errors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"path"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PaymentMethodInUseError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"isDefault"}},{"kind":"Field","name":{"kind":"Name","value":"activeSubscriptionCount"}}]}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Method_method"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PaymentMethod"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"displayLabel"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"card"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"expMonth"}},{"kind":"Field","name":{"kind":"Name","value":"expYear"}}]}},{"kind":"Field","name":{"kind":"Name","value":"subscriptions"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PaysFor_method"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PaymentMethod"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"subscriptions"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"currentPeriodEnd"}},{"kind":"Field","name":{"kind":"Name","value":"cancelAtPeriodEnd"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"MethodCard_method"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PaymentMethod"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"displayLabel"}},{"kind":"Field","name":{"kind":"Name","value":"isExpired"}},{"kind":"Field","name":{"kind":"Name","value":"created"}},{"kind":"Field","name":{"kind":"Name","value":"billingDetails"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"card"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"brand"}},{"kind":"Field","name":{"kind":"Name","value":"displayBrand"}},{"kind":"Field","name":{"kind":"Name","value":"expMonth"}},{"kind":"Field","name":{"kind":"Name","value":"expYear"}},{"kind":"Field","name":{"kind":"Name","value":"wallet"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"type"}}]}},{"kind":"Field","name":{"kind":"Name","value":"networks"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"available"}},{"kind":"Field","name":{"kind":"Name","value":"preferred"}}]}}]}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"PaysFor_method"}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"EditMethod_method"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PaymentMethod"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"displayLabel"}},{"kind":"Field","name":{"kind":"Name","value":"billingDetails"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"email"}},{"kind":"Field","name":{"kind":"Name","value":"phone"}},{"kind":"Field","name":{"kind":"Name","value":"address"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"line1"}},{"kind":"Field","name":{"kind":"Name","value":"line2"}},{"kind":"Field","name":{"kind":"Name","value":"city"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"postalCode"}},{"kind":"Field","name":{"kind":"Name","value":"country"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"card"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"expMonth"}},{"kind":"Field","name":{"kind":"Name","value":"expYear"}},{"kind":"Field","name":{"kind":"Name","value":"networks"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"available"}},{"kind":"Field","name":{"kind":"Name","value":"preferred"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Wallet_customer"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Customer"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"email"}},{"kind":"Field","name":{"kind":"Name","value":"defaultPaymentMethod"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}},{"kind":"Field","name":{"kind":"Name","value":"paymentMethods"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"100"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"Method_method"}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"MethodCard_method"}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"EditMethod_method"}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}}]}}]}}]}}]} as unknown as DocumentNode<RemoveMutation, RemoveMutationVariables>;
export const ReadWalletDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"ReadWallet"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"customerId"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"customer"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"customerId"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Wallet_customer"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Method_method"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PaymentMethod"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"displayLabel"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"card"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"expMonth"}},{"kind":"Field","name":{"kind":"Name","value":"expYear"}}]}},{"kind":"Field","name":{"kind":"Name","value":"subscriptions"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PaysFor_method"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PaymentMethod"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"subscriptions"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"currentPeriodEnd"}},{"kind":"Field","name":{"kind":"Name","value":"cancelAtPeriodEnd"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"MethodCard_method"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PaymentMethod"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"displayLabel"}},{"kind":"Field","name":{"kind":"Name","value":"isExpired"}},{"kind":"Field","name":{"kind":"Name","value":"created"}},{"kind":"Field","name":{"kind":"Name","value":"billingDetails"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"card"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"brand"}},{"kind":"Field","name":{"kind":"Name","value":"displayBrand"}},{"kind":"Field","name":{"kind":"Name","value":"expMonth"}},{"kind":"Field","name":{"kind":"Name","value":"expYear"}},{"kind":"Field","name":{"kind":"Name","value":"wallet"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"type"}}]}},{"kind":"Field","name":{"kind":"Name","value":"networks"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"available"}},{"kind":"Field","name":{"kind":"Name","value":"preferred"}}]}}]}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"PaysFor_method"}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"EditMethod_method"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PaymentMethod"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"displayLabel"}},{"kind":"Field","name":{"kind":"Name","value":"billingDetails"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"email"}},{"kind":"Field","name":{"kind":"Name","value":"phone"}},{"kind":"Field","name":{"kind":"Name","value":"address"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"line1"}},{"kind":"Field","name":{"kind":"Name","value":"line2"}},{"kind":"Field","name":{"kind":"Name","value":"city"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"postalCode"}},{"kind":"Field","name":{"kind":"Name","value":"country"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"card"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"expMonth"}},{"kind":"Field","name":{"kind":"Name","value":"expYear"}},{"kind":"Field","name":{"kind":"Name","value":"networks"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"available"}},{"kind":"Field","name":{"kind":"Name","value":"preferred"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Wallet_customer"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Customer"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"email"}},{"kind":"Field","name":{"kind":"Name","value":"defaultPaymentMethod"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}},{"kind":"Field","name":{"kind":"Name","value":"paymentMethods"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"100"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"Method_method"}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"MethodCard_method"}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"EditMethod_method"}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}}]}}]}}]}}]} as unknown as DocumentNode<ReadWalletQuery, ReadWalletQueryVariables>;
export const WatchWalletDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"WatchWallet"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"customerId"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"walletChanged"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"customerId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"customerId"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"paymentMethodId"}},{"kind":"Field","name":{"kind":"Name","value":"customer"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Wallet_customer"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Method_method"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PaymentMethod"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"displayLabel"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"card"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"expMonth"}},{"kind":"Field","name":{"kind":"Name","value":"expYear"}}]}},{"kind":"Field","name":{"kind":"Name","value":"subscriptions"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PaysFor_method"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PaymentMethod"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"subscriptions"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"currentPeriodEnd"}},{"kind":"Field","name":{"kind":"Name","value":"cancelAtPeriodEnd"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"MethodCard_method"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PaymentMethod"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"displayLabel"}},{"kind":"Field","name":{"kind":"Name","value":"isExpired"}},{"kind":"Field","name":{"kind":"Name","value":"created"}},{"kind":"Field","name":{"kind":"Name","value":"billingDetails"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"card"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"brand"}},{"kind":"Field","name":{"kind":"Name","value":"displayBrand"}},{"kind":"Field","name":{"kind":"Name","value":"expMonth"}},{"kind":"Field","name":{"kind":"Name","value":"expYear"}},{"kind":"Field","name":{"kind":"Name","value":"wallet"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"type"}}]}},{"kind":"Field","name":{"kind":"Name","value":"networks"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"available"}},{"kind":"Field","name":{"kind":"Name","value":"preferred"}}]}}]}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"PaysFor_method"}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"EditMethod_method"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PaymentMethod"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"displayLabel"}},{"kind":"Field","name":{"kind":"Name","value":"billingDetails"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"email"}},{"kind":"Field","name":{"kind":"Name","value":"phone"}},{"kind":"Field","name":{"kind":"Name","value":"address"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"line1"}},{"kind":"Field","name":{"kind":"Name","value":"line2"}},{"kind":"Field","name":{"kind":"Name","value":"city"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"postalCode"}},{"kind":"Field","name":{"kind":"Name","value":"country"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"card"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"expMonth"}},{"kind":"Field","name":{"kind":"Name","value":"expYear"}},{"kind":"Field","name":{"kind":"Name","value":"networks"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"available"}},{"kind":"Field","name":{"kind":"Name","value":"preferred"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Wallet_customer"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Customer"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"email"}},{"kind":"Field","name":{"kind":"Name","value":"defaultPaymentMethod"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}},{"kind":"Field","name":{"kind":"Name","value":"paymentMethods"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"100"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"Method_method"}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"MethodCard_method"}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"EditMethod_method"}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}}]}}]}}]}}]} as unknown as DocumentNode<WatchWalletSubscription, WatchWalletSubscriptionVariables>;
export const ReadPaymentDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"ReadPayment"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"paymentIntent"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"amount"}},{"kind":"Field","name":{"kind":"Name","value":"currency"}},{"kind":"Field","name":{"kind":"Name","value":"setupFutureUsage"}},{"kind":"Field","name":{"kind":"Name","value":"lastPaymentError"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"declineCode"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"nextAction"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"redirectToUrl"}}]}}]}}]}}]} as unknown as DocumentNode<ReadPaymentQuery, ReadPaymentQueryVariables>;
export const CompletePaymentDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"CompletePayment"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CompletePaymentIntentInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"completePaymentIntent"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"customer"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Wallet_customer"}}]}},{"kind":"Field","name":{"kind":"Name","value":"paymentMethod"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"displayLabel"}}]}},{"kind":"Field","name":{"kind":"Name","value":"reusedExisting"}},{"kind":"Field","name":{"kind":"Name","value":"movedSubscriptions"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}},{"kind":"Field","name":{"kind":"Name","value":"errors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"path"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Method_method"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PaymentMethod"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"displayLabel"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"card"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"expMonth"}},{"kind":"Field","name":{"kind":"Name","value":"expYear"}}]}},{"kind":"Field","name":{"kind":"Name","value":"subscriptions"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PaysFor_method"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PaymentMethod"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"subscriptions"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"currentPeriodEnd"}},{"kind":"Field","name":{"kind":"Name","value":"cancelAtPeriodEnd"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"MethodCard_method"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PaymentMethod"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"displayLabel"}},{"kind":"Field","name":{"kind":"Name","value":"isExpired"}},{"kind":"Field","name":{"kind":"Name","value":"created"}},{"kind":"Field","name":{"kind":"Name","value":"billingDetails"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"card"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"brand"}},{"kind":"Field","name":{"kind":"Name","value":"displayBrand"}},{"kind":"Field","name":{"kind":"Name","value":"expMonth"}},{"kind":"Field","name":{"kind":"Name","value":"expYear"}},{"kind":"Field","name":{"kind":"Name","value":"wallet"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"type"}}]}},{"kind":"Field","name":{"kind":"Name","value":"networks"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"available"}},{"kind":"Field","name":{"kind":"Name","value":"preferred"}}]}}]}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"PaysFor_method"}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"EditMethod_method"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PaymentMethod"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"displayLabel"}},{"kind":"Field","name":{"kind":"Name","value":"billingDetails"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"email"}},{"kind":"Field","name":{"kind":"Name","value":"phone"}},{"kind":"Field","name":{"kind":"Name","value":"address"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"line1"}},{"kind":"Field","name":{"kind":"Name","value":"line2"}},{"kind":"Field","name":{"kind":"Name","value":"city"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"postalCode"}},{"kind":"Field","name":{"kind":"Name","value":"country"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"card"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"expMonth"}},{"kind":"Field","name":{"kind":"Name","value":"expYear"}},{"kind":"Field","name":{"kind":"Name","value":"networks"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"available"}},{"kind":"Field","name":{"kind":"Name","value":"preferred"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Wallet_customer"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Customer"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"email"}},{"kind":"Field","name":{"kind":"Name","value":"defaultPaymentMethod"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}},{"kind":"Field","name":{"kind":"Name","value":"paymentMethods"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"100"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"Method_method"}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"MethodCard_method"}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"EditMethod_method"}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}}]}}]}}]}}]} as unknown as DocumentNode<CompletePaymentMutation, CompletePaymentMutationVariables>;
export const CreatePaymentDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"CreatePayment"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CreatePaymentIntentInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"createPaymentIntent"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"paymentIntent"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"clientSecret"}}]}},{"kind":"Field","name":{"kind":"Name","value":"errors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]} as unknown as DocumentNode<CreatePaymentMutation, CreatePaymentMutationVariables>;