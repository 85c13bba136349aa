/** The sandbox's test cards, each with what it does. */
import { useEffect, useState } from "react";

export interface TestCard {
  /** For example pm_card_visa. */
  token: string;
  /** For example Visa credit •••• 4242, US. */
  card: string;
  /** What happens when it is saved, for example declined: insufficient_funds. */
  effect: string;
}

export interface TestCardGroup {
  title: string;
  cards: readonly TestCard[];
}

/** The usual card first, so that the form can be sent before the list has arrived. */
export const VISA: TestCard = { token: "pm_card_visa", card: "Visa credit •••• 4242, US", effect: "saved" };

export function useTestCards(): readonly TestCardGroup[] {
  const [groups, setGroups] = useState<readonly TestCardGroup[]>([{ title: "Brands", cards: [VISA] }]);
  useEffect(() => {
    let isOpen = true;
    const url = new URL("_sandbox/test_cards", document.baseURI);
    const read = async () => {
      const found: { groups: TestCardGroup[] } = await (await fetch(url)).json();
      if (isOpen) setGroups(found.groups);
    };
    read().catch(() => {});
    return () => void (isOpen = false);
  }, []);
  return groups;
}

/** The token with which Stripe.js creates a payment method of this card: tok_visa. */
export const tokenOf = ({ token }: TestCard) => token.replace(/^pm_card_/, "tok_");
