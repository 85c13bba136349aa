import { useState } from "react";
import { Provider } from "urql";

import { CallsPanel } from "./calls/CallsPanel";
import { makeClient, WalletClientProvider } from "./client/client";
import { Wallet } from "./methods/Wallet";
import { ShopPanel } from "./pay/ShopPanel";
import { SandboxPanel } from "./sandbox/SandboxPanel";
import { tokensOf } from "./sandbox/session";

/** All that belongs to one customer. Another customer gets another instance: see `key` in App. */
export function SignedIn({ customerId }: { customerId: string }) {
  const [client] = useState(() => makeClient(customerId, tokensOf(customerId)));
  return (
    <Provider value={client.graphql}>
      <WalletClientProvider value={client}>
        <main className="page">
          <Wallet />
          <aside className="side" aria-label="Behind the page">
            <ShopPanel />
            <SandboxPanel />
            <CallsPanel />
          </aside>
        </main>
      </WalletClientProvider>
    </Provider>
  );
}
