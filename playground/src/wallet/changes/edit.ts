/** From the form's values to the input of the mutation: an omitted field stays as it is, and null clears it. */
import type { CardBrand, EditMethod_MethodFragment, UpdatePaymentMethodInput } from "../graphql/graphql";

type Method = EditMethod_MethodFragment;
type Changes = Omit<UpdatePaymentMethodInput, "paymentMethodId">;

export const DETAILS = ["name", "email", "phone"] as const;
export const ADDRESS = ["line1", "line2", "city", "state", "postalCode", "country"] as const;

/** What differs from the saved method, or undefined if nothing does. */
export function changesIn(method: Method, form: FormData): Changes | undefined {
  const address = changedIn(method.billingDetails.address, form, ADDRESS);
  const details = changedIn(method.billingDetails, form, DETAILS);
  const billingDetails = some({ ...details, ...(address && { address }) });
  const card = method.card && changedCard(method.card, form);
  return some({ ...(billingDetails && { billingDetails }), ...(card && { card }) });
}

function changedIn<Name extends string>(
  saved: Partial<Record<Name, unknown>> | null,
  form: FormData,
  names: readonly Name[],
): Partial<Record<Name, string | null>> | undefined {
  const entries = names.map((name) => [name, textIn(form, name)] as const);
  const changed = entries.filter(([name, value]) => value !== (saved?.[name] ?? null));
  return some(Object.fromEntries(changed) as Partial<Record<Name, string | null>>);
}

function changedCard(card: NonNullable<Method["card"]>, form: FormData) {
  const expMonth = Number(textIn(form, "expMonth"));
  const expYear = Number(textIn(form, "expYear"));
  const network = textIn(form, "network") as CardBrand | null;
  return some({
    ...((expMonth !== card.expMonth || expYear !== card.expYear) && { expMonth, expYear }),
    ...(form.has("network") && network !== (card.networks?.preferred ?? null) && { preferredNetwork: network }),
  });
}

/** The trimmed text; null if there is none. */
const textIn = (form: FormData, name: string) => String(form.get(name) ?? "").trim() || null;

const some = <Value extends object>(value: Value) => (Object.keys(value).length ? value : undefined);
