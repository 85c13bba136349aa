import { graphql, readFragment, type FragmentType } from "../graphql";
import type { BillingSubscriptionStatus } from "../graphql/graphql";
import { dayOf } from "./dates";

const paysForFragment = graphql(`
  fragment PaysFor_method on PaymentMethod {
    id
    subscriptions {
      id
      description
      status
      currentPeriodEnd
      cancelAtPeriodEnd
    }
  }
`);

const WARNINGS: Partial<Record<BillingSubscriptionStatus, string>> = {
  INCOMPLETE: "first payment is missing",
  PAST_DUE: "payment is overdue",
  PAUSED: "paused",
  UNPAID: "not paid",
};

/** The subscriptions that a payment method pays for. */
export function PaysFor({ method: masked }: { method: FragmentType<typeof paysForFragment> }) {
  const { subscriptions } = readFragment(paysForFragment, masked);
  if (!subscriptions.length) return null;
  return (
    <ul className="pays-for" aria-label="Pays for">
      {subscriptions.map(({ id, description, status, currentPeriodEnd, cancelAtPeriodEnd }) => (
        <li key={id}>
          {description ?? "Subscription"}
          {currentPeriodEnd && (
            <span className="muted">
              {cancelAtPeriodEnd ? " ends " : " next "}
              <time dateTime={currentPeriodEnd}>{dayOf(currentPeriodEnd)}</time>
            </span>
          )}
          {WARNINGS[status] && <span className="warning"> {WARNINGS[status]}</span>}
        </li>
      ))}
    </ul>
  );
}
