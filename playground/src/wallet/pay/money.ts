/** Amounts as people read them. Stripe counts in the currency's smallest unit: 1450 is $14.50, and ¥1,450. */

/** Currencies that Stripe counts in hundredths, although they have no smaller unit today. */
const HUNDREDTHS = ["isk", "ugx"];

export function inMoney(amount: number, currency: string, locale?: string): string {
  const format = new Intl.NumberFormat(locale, { style: "currency", currency });
  const digits = HUNDREDTHS.includes(currency) ? 2 : (format.resolvedOptions().maximumFractionDigits ?? 2);
  return format.format(amount / 10 ** digits);
}
