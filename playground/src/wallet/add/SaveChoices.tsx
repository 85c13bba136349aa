import { MOVES, POLICIES, type Choices } from "./choices";
import { Select } from "./Select";

interface Props {
  choices: Choices;
  onChange: (choices: Choices) => void;
}

/** How the new method is kept: as the default, if the customer has it already, and with the subscriptions. */
export function SaveChoices({ choices, onChange }: Props) {
  const change = (changed: Partial<Choices>) => onChange({ ...choices, ...changed });
  return (
    <fieldset className="save-choices">
      <legend className="visually-hidden">How to keep it</legend>
      <label className="check">
        <input
          type="checkbox"
          checked={choices.setAsDefault}
          onChange={(event) => change({ setAsDefault: event.target.checked })}
        />
        <span>Make it the default</span>
      </label>
      <details>
        <summary>Duplicates and subscriptions</summary>
        <div className="fields">
          <Select
            label="If I have it already"
            options={POLICIES}
            value={choices.onDuplicate}
            onChange={(onDuplicate) => change({ onDuplicate })}
          />
          <Select
            label="My subscriptions"
            options={MOVES}
            value={choices.moveSubscriptions}
            onChange={(moveSubscriptions) => change({ moveSubscriptions })}
          />
        </div>
      </details>
    </fieldset>
  );
}
