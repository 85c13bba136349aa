/** A card's expiry date as cards show it, for example 08/2027. */
export const expiryOf = (month: number, year: number) => `${String(month).padStart(2, "0")}/${year}`;
