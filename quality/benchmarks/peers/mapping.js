// Maps Stripe's objects to the schema's types: names, enums, timestamps and derived fields.
import { detailsOf } from "./details.js";
import { kinds } from "./settings.js";
import { brand, check, funding, redisplay, regulated, type, wallet } from "./words.js";

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
const BRANDED = new Set(["card", "card_present", "interac_present"]);

export const address = (json) =>
  json && {
    line1: json.line1,
    line2: json.line2,
    city: json.city,
    state: json.state,
    postalCode: json.postal_code,
    country: json.country,
  };

export const shipping = (json) =>
  json && {
    address: address(json.address),
    carrier: json.carrier,
    name: json.name,
    phone: json.phone,
    trackingNumber: json.tracking_number,
  };

const walletDetails = (json) =>
  json && {
    name: json.name,
    email: json.email,
    billingAddress: address(json.billing_address),
    shippingAddress: address(json.shipping_address),
  };

const card = (json) =>
  json && {
    __typename: "Card",
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
      paymentMethodDetails: json.generated_from.payment_method_details,
    },
    last4: json.last4,
    networks: json.networks && {
      available: json.networks.available.map(brand),
      preferred: brand(json.networks.preferred),
    },
    regulatedStatus: regulated(json.regulated_status),
    threeDSecureUsage: json.three_d_secure_usage,
    wallet: json.wallet && {
      type: wallet(json.wallet.type),
      dynamicLast4: json.wallet.dynamic_last4,
      masterpass: walletDetails(json.wallet.masterpass),
      visaCheckout: walletDetails(json.wallet.visa_checkout),
    },
    description: json.description,
    iin: json.iin,
    issuer: json.issuer,
  };

const nameOf = (type, attributes) => {
  if (type === "custom" && attributes.display_name) return attributes.display_name;
  const branded = BRANDED.has(type) && (BRAND_NAMES[brand(attributes.display_brand)] ?? BRAND_NAMES[brand(attributes.brand)]);
  return branded || kinds[type]?.name || type;
};

const label = (json) => {
  const attributes = json[json.type] ?? {};
  const name = nameOf(json.type, attributes);
  const member = kinds[json.type]?.labelMember;
  const shown = member && attributes[member];
  if (!shown) return name;
  return member === "last4" ? `${name} •••• ${shown}` : `${name} ${shown}`;
};

const expired = (card) => {
  if (!card) return false;
  const now = new Date();
  const [year, month] = [now.getUTCFullYear(), now.getUTCMonth() + 1];
  return card.expYear < year || (card.expYear === year && card.expMonth < month);
};

/** Maps a Stripe payment method. `owner` is its customer, if already read. */
export const paymentMethod = (json, owner) => {
  const found = card(json.card);
  return {
    id: json.id,
    type: type(json.type),
    typeName: json.type,
    allowRedisplay: redisplay(json.allow_redisplay),
    billingDetails: {
      name: json.billing_details.name,
      email: json.billing_details.email,
      phone: json.billing_details.phone,
      taxId: json.billing_details.tax_id,
      address: address(json.billing_details.address),
    },
    card: found,
    details: json.type === "card" ? found : detailsOf(json),
    created: json.created,
    customerAccount: json.customer_account,
    livemode: json.livemode,
    owner: owner ?? json.customer,
    metadata: json.metadata,
    displayLabel: label(json),
    isExpired: expired(found),
  };
};
