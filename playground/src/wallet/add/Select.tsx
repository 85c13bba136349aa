import { useId } from "react";

interface Option<Value extends string> {
  value: Value;
  label: string;
}

export interface OptionGroup<Value extends string> {
  title: string;
  options: readonly Option<Value>[];
}

interface Props<Value extends string> {
  label: string;
  options?: readonly Option<Value>[];
  groups?: readonly OptionGroup<Value>[];
  value: Value;
  hint?: string;
  onChange: (value: Value) => void;
}

/** The platform's list of options, with its label and a hint about the chosen one. */
export function Select<Value extends string>({ label, options, groups, value, hint, onChange }: Props<Value>) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        value={value}
        aria-describedby={hint && `${id}-hint`}
        onChange={(event) => onChange(event.target.value as Value)}
      >
        {options?.map(optionElement)}
        {groups?.map((group) => (
          <optgroup key={group.title} label={group.title}>
            {group.options.map(optionElement)}
          </optgroup>
        ))}
      </select>
      {hint && (
        <p id={`${id}-hint`} className="muted">
          {hint}
        </p>
      )}
    </div>
  );
}

const optionElement = ({ value, label }: Option<string>) => (
  <option key={value} value={value}>
    {label}
  </option>
);
