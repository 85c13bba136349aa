import { useEffect, useMemo, useState } from "react";
import { Provider } from "urql";

import { makeClient } from "./client/client";
import { Wallet } from "./methods/Wallet";
import { listCustomers, type SandboxCustomer } from "./sandbox/control";
import { tokensOf } from "./sandbox/session";

/** The page: who is signed in, and the wallet of that customer. */
export function App() {
  const [customers, setCustomers] = useState<SandboxCustomer[]>([]);
  const [customerId, setCustomerId] = useState<string>();
  useEffect(() => {
    void listCustomers().then((found) => {
      setCustomers(found);
      setCustomerId((chosen) => chosen ?? found[0]?.id);
    });
  }, []);
  return (
    <main>
      <h1>Wallet</h1>
      <select value={customerId} onChange={(event) => setCustomerId(event.target.value)}>
        {customers.map(({ id, name }) => (
          <option key={id} value={id}>
            {name ?? id}
          </option>
        ))}
      </select>
      {customerId && <SignedIn key={customerId} customerId={customerId} />}
    </main>
  );
}

function SignedIn({ customerId }: { customerId: string }) {
  const client = useMemo(() => makeClient(tokensOf(customerId)), [customerId]);
  return (
    <Provider value={client}>
      <Wallet customerId={customerId} />
    </Provider>
  );
}
