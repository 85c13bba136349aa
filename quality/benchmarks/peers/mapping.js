// From Stripe's objects to the schema's: names, enums, instants, and what is derived.

const words = (...known) => Object.assign(Object.create(null), Object.fromEntries(known.map((word) => [word, word.toUpperCase()])));
const word = (known) => (value) => (value == null ? null : (known[value] ?? "UNKNOWN"));

const brand = word({
  ...words("amex", "cartes_bancaires", "diners", "discover", "eftpos_au", "interac", "jcb", "link", "mastercard", "unionpay", "visa"),
  american_express: "AMEX",
  diners_club: "DINERS",
  eftpos_australia: "EFTPOS_AU",
  union_pay: "UNIONPAY",
});
const type = word(words("card", "us_bank_account", "sepa_debit", "link", "paypal", "cashapp", "klarna"));
const funding = word(words("credit", "debit", "prepaid"));
const check = word(words("pass", "fail", "unavailable", "unchecked"));
const wallet = word(
  words("amex_express_checkout", "apple_pay", "google_pay", "link", "masterpass", "samsung_pay", "visa_checkout"),
);
const regulated = word(words("regulated", "unregulated"));
const redisplay = word(words("always", "limited", "unspecified"));

const BRAND_NAMES = {
  AMEX: "American Express",
  CARTES_BANCAIRES: "Cartes Bancaires",
  DINERS: "Diners Club",
  DISCOVER: "Discover",
  EFTPOS_AU: "eftpos",
  INTERAC: "Interac",
  JCB: "JCB",
  LINK: "Link",
  MASTERCARD: "Mastercard",
  UNIONPAY: "UnionPay",
  VISA: "Visa",
};

const address = (json) =>
  json && {
    line1: json.line1,
    line2: json.line2,
    city: json.city,
    state: json.state,
    postalCode: json.postal_code,
    country: json.country,
  };

const card = (json) =>
  json && {
    brand: brand(json.brand),
    displayBrand: brand(json.display_brand),
    checks: json.checks && {
      addressLine1Check: check(json.checks.address_line1_check),
      addressPostalCodeCheck: check(json.checks.address_postal_code_check),
      cvcCheck: check(json.checks.cvc_check),
    },
    country: json.country,
    expMonth: json.exp_month,
    expYear: json.exp_year,
    fingerprint: json.fingerprint,
    funding: funding(json.funding),
    generatedFrom: json.generated_from && {
      charge: json.generated_from.charge,
      setupAttempt: json.generated_from.setup_attempt,
    },
    last4: json.last4,
    networks: json.networks && {
      available: json.networks.available.map(brand),
      preferred: brand(json.networks.preferred),
    },
    regulatedStatus: regulated(json.regulated_status),
    threeDSecureUsage: json.three_d_secure_usage,
    wallet: json.wallet && { type: wallet(json.wallet.type), dynamicLast4: json.wallet.dynamic_last4 },
  };

const label = (card, type) => {
  const name = card && (BRAND_NAMES[card.displayBrand] ?? BRAND_NAMES[card.brand]);
  return card ? `${name ?? "Card"} •••• ${card.last4}` : type;
};

const expired = (card) => {
  if (!card) return false;
  const now = new Date();
  const [year, month] = [now.getUTCFullYear(), now.getUTCMonth() + 1];
  return card.expYear < year || (card.expYear === year && card.expMonth < month);
};

/** A payment method from Stripe's object of that name; `owner` is its customer, where that is at hand. */
export const paymentMethod = (json, owner) => {
  const found = card(json.card);
  return {
    id: json.id,
    type: type(json.type),
    allowRedisplay: redisplay(json.allow_redisplay),
    billingDetails: {
      name: json.billing_details.name,
      email: json.billing_details.email,
      phone: json.billing_details.phone,
      taxId: json.billing_details.tax_id,
      address: address(json.billing_details.address),
    },
    card: found,
    created: json.created,
    owner: owner ?? json.customer,
    metadata: json.metadata,
    displayLabel: label(found, json.type),
    isExpired: expired(found),
  };
};
