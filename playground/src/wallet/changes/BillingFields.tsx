import type { Problem } from "../client/change";
import type { EditMethod_MethodFragment } from "../graphql/graphql";
import { Field } from "../page/Field";

interface Props {
  details: EditMethod_MethodFragment["billingDetails"];
  problem: Problem | undefined;
}

/** The payer's details. */
export function BillingFields({ details, problem }: Props) {
  const { address } = details;
  const field = (name: string, value: string | null | undefined) => ({
    name,
    defaultValue: value ?? "",
    error: problem?.field?.endsWith(`.${name}`) ? problem.message : undefined,
  });
  return (
    <fieldset className="fields">
      <legend>Billing details</legend>
      <Field label="Name" autoComplete="name" {...field("name", details.name)} />
      <Field label="Email" type="email" autoComplete="email" {...field("email", details.email)} />
      <Field label="Phone" type="tel" autoComplete="tel" {...field("phone", details.phone)} />
      <Field label="Address" autoComplete="address-line1" {...field("line1", address?.line1)} />
      <Field label="Apartment, suite" autoComplete="address-line2" {...field("line2", address?.line2)} />
      <Field label="City" autoComplete="address-level2" {...field("city", address?.city)} />
      <Field label="State or region" autoComplete="address-level1" {...field("state", address?.state)} />
      <Field label="Postal code" autoComplete="postal-code" {...field("postalCode", address?.postalCode)} />
      <Field
        label="Country (two letters)"
        maxLength={2}
        pattern="[A-Za-z]{2}"
        autoComplete="country"
        {...field("country", address?.country)}
      />
    </fieldset>
  );
}
