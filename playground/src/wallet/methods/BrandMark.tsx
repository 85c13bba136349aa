import type { CardBrand, PaymentMethodType } from "../graphql/graphql";

const SHORT: Partial<Record<CardBrand, string>> = {
  AMEX: "AMEX",
  CARTES_BANCAIRES: "CB",
  DINERS: "DINERS",
  DISCOVER: "DISC",
  EFTPOS_AU: "EFTPOS",
  INTERAC: "INTERAC",
  JCB: "JCB",
  LINK: "LINK",
  UNIONPAY: "UPAY",
  VISA: "VISA",
};

const BANKS = /_DEBIT$|BANK|IDEAL|EPS|P24|FPX|PAYTO|PIX|SOFORT|BACS|SEPA/;

interface Props {
  /** Null for anything that is not a card. */
  brand: CardBrand | null;
  type: PaymentMethodType;
}

/** A small picture: a card in the brand's colours, a bank, or a digital wallet. The text next to it has the name. */
export function BrandMark({ brand, type }: Props) {
  return (
    <svg className="brand" data-brand={brand} viewBox="0 0 48 32" aria-hidden="true">
      <rect className="brand-ground" x="0.5" y="0.5" width="47" height="31" rx="5.5" />
      {brand === "MASTERCARD" ? <Circles /> : brand ? <Letters text={SHORT[brand]} /> : <Account type={type} />}
    </svg>
  );
}

function Circles() {
  return (
    <>
      <circle cx="19.5" cy="16" r="8.5" fill="#eb001b" />
      <circle cx="28.5" cy="16" r="8.5" fill="#f79e1b" />
      <path d="M24 8.8a8.5 8.5 0 0 1 0 14.4a8.5 8.5 0 0 1 0-14.4" fill="#ff5f00" />
    </>
  );
}

function Letters({ text }: { text: string | undefined }) {
  if (!text) return <path className="brand-ink" d="M7 10h34v4H7zM7 20h12v3H7z" />;
  return (
    <text className="brand-text" x="24" y="20.5" textAnchor="middle" fontSize={text.length > 4 ? 9.5 : 12.5}>
      {text}
    </text>
  );
}

function Account({ type }: { type: PaymentMethodType }) {
  const bank = "M24 6.5l10 5v2H14v-2zM16 15h3v7h-3zM22.5 15h3v7h-3zM29 15h3v7h-3zM14 23.5h20V26H14z";
  const wallet = "M15 9h16v3h3v12H15a2 2 0 0 1-2-2V11a2 2 0 0 1 2-2zm13 8v3h3v-3z";
  return <path className="brand-ink" fillRule="evenodd" d={BANKS.test(type) ? bank : wallet} />;
}
