/** A card's expiry date as cards show it, for example 08/2027. */
export const expiryOf = (month: number, year: number) => `${String(month).padStart(2, "0")}/${year}`;

/** Whether the month is over. The service says it for saved cards (isExpired); this is for values not saved yet. */
export function isPast(month: number, year: number, now = new Date()): boolean {
  return new Date(Date.UTC(year, month)).getTime() <= now.getTime();
}

const DAY = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric" });

/** The day of a point in time, for example Dec 1, 2026. */
export const dayOf = (time: string) => DAY.format(new Date(time));
