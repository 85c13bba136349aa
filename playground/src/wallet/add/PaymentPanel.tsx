import { useState, type ReactNode } from "react";

import { Choice } from "../page/Choice";
import { Field } from "../page/Field";
import type { PaymentMethodData } from "../stripe/stripe";
import { Select } from "./Select";
import { tokenOf, useTestCards, VISA } from "./testCards";

const TYPES = [
  { value: "card", label: "Card", hint: "Saved at once, or after your bank has confirmed it" },
  { value: "us_bank_account", label: "US bank account", hint: "Verified with a small deposit, which takes a day or two" },
] as const;

const ACCOUNTS = [
  { value: "000123456789", label: "•••• 6789: the deposit arrives" },
  { value: "000666666661", label: "•••• 6661: the deposit can't be sent" },
] as const;

const ROUTING_NUMBER = "110000000";

interface Props {
  /** The types to choose from. */
  types?: readonly PaymentMethodData["type"][];
  /** The form's content after the panel. */
  children: ReactNode;
  onSubmit: (data: PaymentMethodData) => void;
}

/** Stands in for Stripe's Payment Element: instead of typing numbers, one chooses a test card by what it does. */
export function PaymentPanel({ types = ["card", "us_bank_account"], children, onSubmit }: Props) {
  const [type, setType] = useState<PaymentMethodData["type"]>("card");
  const [card, setCard] = useState(VISA);
  const [account, setAccount] = useState<(typeof ACCOUNTS)[number]["value"]>(ACCOUNTS[0].value);
  const groups = useTestCards();
  const data = (name: string): PaymentMethodData =>
    type === "card"
      ? { type, card: { token: tokenOf(card) }, billing_details: name ? { name } : {} }
      : {
          type,
          us_bank_account: { account_number: account, routing_number: ROUTING_NUMBER, account_holder_type: "individual" },
          billing_details: { name },
        };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit(data(String(new FormData(event.currentTarget).get("name")).trim()));
      }}
    >
      {types.length > 1 && <Choice legend="Type" name="type" options={TYPES} value={type} onChange={setType} />}
      {type === "card" ? (
        <Select
          label="Test card"
          groups={groups.map(({ title, cards }) => ({
            title,
            options: cards.map(({ token, card, effect }) => ({ value: token, label: `${card}: ${effect}` })),
          }))}
          value={card.token}
          hint={`${card.card}: ${card.effect}.`}
          onChange={(token) =>
            setCard(groups.flatMap(({ cards }) => cards).find((card) => card.token === token) ?? VISA)
          }
        />
      ) : (
        <Select label="Test account" options={ACCOUNTS} value={account} onChange={setAccount} />
      )}
      <Field
        label={type === "card" ? "Name on the card" : "Name of the account's holder"}
        name="name"
        autoComplete={type === "card" ? "cc-name" : "name"}
        required={type !== "card"}
      />
      {children}
    </form>
  );
}
