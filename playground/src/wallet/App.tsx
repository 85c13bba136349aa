import { useEffect, useState } from "react";

import { Announcer } from "./page/Announcer";
import { PageHeader } from "./PageHeader";
import { listCustomers, type SandboxCustomer } from "./sandbox/control";
import { latestCustomer, rememberCustomer } from "./sandbox/session";
import { SignedIn } from "./SignedIn";
import { Failure, Skeletons } from "./methods/WalletStates";

/** The page: who is signed in, and the wallet of that customer. */
export function App() {
  const { customers, problem, load } = useCustomers();
  const [chosen, choose] = useState(latestCustomer);
  const signedIn = customers?.find(({ id }) => id === chosen) ?? customers?.[0];
  return (
    <Announcer>
      <PageHeader
        customers={customers ?? []}
        signedIn={signedIn}
        onSwitch={(id) => {
          rememberCustomer(id);
          choose(id);
        }}
      />
      {signedIn ? (
        <SignedIn key={signedIn.id} customerId={signedIn.id} />
      ) : (
        <main className="page">{problem ? <Failure message={problem} onRetry={load} /> : <Skeletons />}</main>
      )}
    </Announcer>
  );
}

function useCustomers() {
  const [customers, setCustomers] = useState<SandboxCustomer[]>();
  const [problem, setProblem] = useState<string>();
  const load = () => {
    setProblem(undefined);
    listCustomers().then(setCustomers, (error: Error) => setProblem(error.message));
  };
  useEffect(load, []);
  return { customers, problem, load };
}
