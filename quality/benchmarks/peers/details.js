// Maps the details of payment methods other than cards, from the member of Stripe's object that is named after the type.
import { brand, funding, wallet } from "./words.js";

const atReader = (json) => ({
  brand: brand(json.brand ?? "unknown"),
  cardholderName: json.cardholder_name,
  country: json.country,
  description: json.description,
  expMonth: json.exp_month,
  expYear: json.exp_year,
  fingerprint: json.fingerprint,
  funding: funding(json.funding ?? "unknown"),
  iin: json.iin,
  issuer: json.issuer,
  last4: json.last4,
  networks: json.networks && {
    available: json.networks.available.map(brand),
    preferred: brand(json.networks.preferred),
  },
  preferredLocales: json.preferred_locales,
  readMethod: json.read_method,
});

const DETAILS = {
  acss_debit: (json) => ({
    __typename: "AcssDebit",
    bankName: json.bank_name,
    fingerprint: json.fingerprint,
    institutionNumber: json.institution_number,
    last4: json.last4,
    transitNumber: json.transit_number,
  }),
  au_becs_debit: (json) => ({
    __typename: "AuBecsDebit",
    bsbNumber: json.bsb_number,
    fingerprint: json.fingerprint,
    last4: json.last4,
  }),
  bacs_debit: (json) => ({
    __typename: "BacsDebit",
    fingerprint: json.fingerprint,
    last4: json.last4,
    sortCode: json.sort_code,
  }),
  bizum: (json) => ({ __typename: "Bizum", buyerId: json.buyer_id }),
  blik: (json) => ({ __typename: "Blik", buyerId: json.buyer_id }),
  boleto: (json) => ({ __typename: "Boleto", taxId: json.tax_id }),
  card_present: (json) => ({
    __typename: "CardPresent",
    ...atReader(json),
    brandProduct: json.brand_product,
    offline: json.offline && { storedAt: json.offline.stored_at, type: json.offline.type },
    wallet: json.wallet && { type: wallet(json.wallet.type) },
  }),
  cashapp: (json) => ({ __typename: "CashApp", buyerId: json.buyer_id, cashtag: json.cashtag }),
  custom: (json) => ({
    __typename: "CustomPaymentMethod",
    displayName: json.display_name,
    logo: json.logo && { contentType: json.logo.content_type, url: json.logo.url },
    type: json.type,
  }),
  eps: (json) => ({ __typename: "Eps", bank: json.bank }),
  fpx: (json) => ({ __typename: "Fpx", accountHolderType: json.account_holder_type, bank: json.bank }),
  ideal: (json) => ({ __typename: "Ideal", bank: json.bank, bic: json.bic }),
  interac_present: (json) => ({ __typename: "InteracPresent", ...atReader(json) }),
  klarna: (json) => ({ __typename: "Klarna", dob: json.dob }),
  kr_card: (json) => ({ __typename: "KrCard", localBrand: json.brand, last4: json.last4 }),
  link: (json) => ({ __typename: "Link", email: json.email, persistentToken: json.persistent_token }),
  naver_pay: (json) => ({ __typename: "NaverPay", buyerId: json.buyer_id, fundingSource: json.funding }),
  nz_bank_account: (json) => ({
    __typename: "NzBankAccount",
    accountHolderName: json.account_holder_name,
    bankCode: json.bank_code,
    bankName: json.bank_name,
    branchCode: json.branch_code,
    last4: json.last4,
    suffix: json.suffix,
  }),
  p24: (json) => ({ __typename: "P24", bank: json.bank }),
  paypal: (json) => ({
    __typename: "PayPal",
    country: json.country,
    payerEmail: json.payer_email,
    payerId: json.payer_id,
  }),
  payto: (json) => ({ __typename: "PayTo", bsbNumber: json.bsb_number, last4: json.last4, payId: json.pay_id }),
  pix: (json) => ({ __typename: "Pix", fingerprint: json.fingerprint }),
  sepa_debit: (json) => ({
    __typename: "SepaDebit",
    bankCode: json.bank_code,
    branchCode: json.branch_code,
    country: json.country,
    fingerprint: json.fingerprint,
    generatedFrom: json.generated_from && {
      charge: json.generated_from.charge,
      setupAttempt: json.generated_from.setup_attempt,
    },
    last4: json.last4,
  }),
  sofort: (json) => ({ __typename: "Sofort", country: json.country }),
  upi: (json) => ({ __typename: "Upi", vpa: json.vpa }),
  us_bank_account: (json) => ({
    __typename: "UsBankAccount",
    accountHolderType: json.account_holder_type,
    accountType: json.account_type,
    bankName: json.bank_name,
    financialConnectionsAccount: json.financial_connections_account,
    fingerprint: json.fingerprint,
    last4: json.last4,
    bankNetworks: json.networks,
    routingNumber: json.routing_number,
    statusDetails: json.status_details && {
      blocked: json.status_details.blocked && {
        networkCode: json.status_details.blocked.network_code,
        reason: json.status_details.blocked.reason,
      },
    },
  }),
};

/** Returns the details of a Stripe payment method that is not a card. */
export const detailsOf = (json) => {
  const attributes = json[json.type];
  const read = attributes && DETAILS[json.type];
  if (read) return read(attributes);
  return { __typename: "OtherPaymentMethodDetails", typeName: json.type, attributes: attributes ?? {} };
};
