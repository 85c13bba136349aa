import { graphql, readFragment, type FragmentType } from "../graphql";
import { expiryOf } from "./expiry";

export const methodFragment = graphql(`
  fragment MethodCard_method on PaymentMethod {
    id
    displayLabel
    isExpired
    card {
      brand
      displayBrand
      last4
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
    subscriptions {
      id
      description
      status
    }
  }
`);

interface Props {
  method: FragmentType<typeof methodFragment>;
  isDefault: boolean;
}

/** One payment method. */
export function MethodCard({ method: masked, isDefault }: Props) {
  const method = readFragment(methodFragment, masked);
  return (
    <article>
      <h3>{method.displayLabel}</h3>
      {method.card && <p>Expires {expiryOf(method.card.expMonth, method.card.expYear)}</p>}
      {isDefault && <p>Default</p>}
    </article>
  );
}
