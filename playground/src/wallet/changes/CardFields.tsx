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
  const field = (name: "expMonth" | "expYear") => ({
    name,
    type: "number",
    inputMode: "numeric" as const,
    required: true,
    defaultValue: card[name],
    error: problem?.field === `card.${name}` ? problem.message : undefined,
  });
  return (
    <>
      <fieldset className="fields">
        <legend>Expiry date</legend>
        <Field label="Month" min={1} max={12} autoComplete="cc-exp-month" {...field("expMonth")} />
        <Field label="Year" min={2000} max={2099} autoComplete="cc-exp-year" {...field("expYear")} />
      </fieldset>
      {card.networks && card.networks.available.length > 1 && <NetworkField networks={card.networks} />}
    </>
  );
}

function NetworkField({ networks }: { networks: NonNullable<Props["card"]["networks"]> }) {
  const named = networks.available.map((value) => ({ value, label: BRANDS[value] }));
  const options = [...named, { value: "", label: "No preference" }];
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
