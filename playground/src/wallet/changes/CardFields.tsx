import type { Problem } from "../client/change";
import type { EditMethod_MethodFragment } from "../graphql/graphql";
import { BRANDS } from "../methods/labels";
import { Field } from "../page/Field";

interface Props {
  card: NonNullable<EditMethod_MethodFragment["card"]>;
  problem: Problem | undefined;
}

/** The parts of a card that can change: its expiry date, and the network if it has more than one. */
export function CardFields({ card, problem }: Props) {
  const errorOf = (field: string) => (problem?.field === `card.${field}` ? problem.message : undefined);
  const date = { type: "number", inputMode: "numeric", required: true } as const;
  return (
    <>
      <fieldset className="fields">
        <legend>Expiry date</legend>
        <Field {...date} label="Month" name="expMonth" min={1} max={12} defaultValue={card.expMonth} autoComplete="cc-exp-month" error={errorOf("expMonth")} />
        <Field {...date} label="Year" name="expYear" min={2000} max={2099} defaultValue={card.expYear} autoComplete="cc-exp-year" error={errorOf("expYear")} />
      </fieldset>
      {card.networks && card.networks.available.length > 1 && <NetworkField networks={card.networks} />}
    </>
  );
}

function NetworkField({ networks }: { networks: NonNullable<Props["card"]["networks"]> }) {
  const options = [...networks.available.map((value) => ({ value, label: BRANDS[value] })), { value: "", label: "No preference" }];
  return (
    <fieldset className="choice">
      <legend>Pay with the network</legend>
      {options.map(({ value, label }) => (
        <label key={value}>
          <input type="radio" name="network" value={value} defaultChecked={value === (networks.preferred ?? "")} />
          <span>{label}</span>
        </label>
      ))}
    </fieldset>
  );
}
