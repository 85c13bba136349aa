import { graphql, readFragment, type FragmentType } from "../graphql";
import type { MethodCard_MethodFragment } from "../graphql/graphql";
import { BrandMark } from "./BrandMark";
import { dayOf, expiryOf } from "./dates";
import { BRANDS, WALLETS } from "./labels";
import { PaysFor } from "./PaysFor";

export const methodCardFragment = graphql(`
  fragment MethodCard_method on PaymentMethod {
    id
    type
    displayLabel
    isExpired
    created
    billingDetails {
      name
    }
    card {
      brand
      displayBrand
      expMonth
      expYear
      wallet {
        type
      }
      networks {
        available
        preferred
      }
    }
    ...PaysFor_method
  }
`);

export type Action = "default" | "edit" | "remove";

interface Props {
  method: FragmentType<typeof methodCardFragment>;
  isDefault: boolean;
  onAction: (action: Action) => void;
}

/** One payment method: what it is, what it pays for, and what can be done with it. */
export function MethodCard({ method: masked, isDefault, onAction }: Props) {
  const method = readFragment(methodCardFragment, masked);
  const label = method.displayLabel;
  return (
    <li className="method" aria-labelledby={`name-${method.id}`}>
      <BrandMark brand={method.card && (method.card.displayBrand ?? method.card.brand)} type={method.type} />
      <div className="method-text">
        <h3 id={`name-${method.id}`}>{label}</h3>
        {isDefault && <span className="badge badge-accent">Default</span>}
        {method.isExpired && <span className="badge badge-danger">Expired</span>}
        <p className="facts">{factsOf(method).join(" · ")}</p>
        <PaysFor method={method} />
      </div>
      <div className="method-actions">
        {!isDefault && (
          <button type="button" aria-label={`Make default: ${label}`} onClick={() => onAction("default")}>
            Make default
          </button>
        )}
        <button type="button" aria-label={`Edit ${label}`} onClick={() => onAction("edit")}>
          Edit
        </button>
        <button
          type="button"
          className="quiet-danger"
          aria-label={`Remove ${label}`}
          onClick={() => onAction("remove")}
        >
          Remove
        </button>
      </div>
    </li>
  );
}

function factsOf({ card, isExpired, billingDetails, created }: MethodCard_MethodFragment): string[] {
  const name = billingDetails.name ?? undefined;
  const facts = card
    ? [
        `${isExpired ? "Expired" : "Expires"} ${expiryOf(card.expMonth, card.expYear)}`,
        name,
        card.wallet ? WALLETS[card.wallet.type] : undefined,
        networkOf(card),
      ]
    : [`Added ${dayOf(created)}`, name];
  return facts.filter((fact) => fact !== undefined);
}

/** The network of a co-branded card, which is a choice of the cardholder. */
function networkOf({ networks }: NonNullable<MethodCard_MethodFragment["card"]>): string | undefined {
  if (!networks || networks.available.length < 2) return undefined;
  const names = networks.available.map((network) => BRANDS[network]);
  return networks.preferred ? `Pays with ${BRANDS[networks.preferred]}` : names.join(" or ");
}
