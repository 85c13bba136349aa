import { useQuery } from "urql";

import { readFragment } from "../graphql";
import { MethodCard } from "./MethodCard";
import { walletFragment, walletQuery } from "./wallet";

/** The wallet of the signed-in customer. */
export function Wallet({ customerId }: { customerId: string }) {
  const [{ data, fetching, error }] = useQuery({ query: walletQuery, variables: { customerId } });
  const customer = readFragment(walletFragment, data?.customer);
  if (fetching && !data) return <p>Loading…</p>;
  if (!customer) return <p>{error?.message ?? "There is no such customer."}</p>;
  return (
    <section>
      <h2>Payment methods</h2>
      {customer.paymentMethods.nodes.map((method) => (
        <MethodCard key={method.id} method={method} isDefault={method.id === customer.defaultPaymentMethod?.id} />
      ))}
    </section>
  );
}
