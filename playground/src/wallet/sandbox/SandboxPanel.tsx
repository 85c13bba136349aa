import { useState, type FormEvent } from "react";
import { useQuery } from "urql";

import { useWalletClient } from "../client/client";
import { useStore } from "../client/store";
import { readFragment } from "../graphql";
import { methodFragment, walletFragment, walletQuery } from "../methods/wallet";
import { useAnnounce } from "../page/Announcer";
import { resetSandbox, updateCard } from "./control";

const CONNECTIONS = { connecting: "connecting", live: "live", lost: "connecting again" };

/** Changes that come from outside of the service. The page learns of them by its subscription. */
export function SandboxPanel() {
  const connection = useStore(useWalletClient().live.connection);
  const announce = useAnnounce();
  const attempt = (change: Promise<unknown>) => change.catch((error: Error) => announce(error.message));
  return (
    <section className="panel sandbox" aria-labelledby="sandbox">
      <h2 id="sandbox">Sandbox</h2>
      <p className="connection" data-connection={connection}>
        Changes are {CONNECTIONS[connection]}
      </p>
      <CardUpdater onUpdate={(id, last4) => attempt(updateCard(id, last4))} />
      <button type="button" onClick={() => attempt(resetSandbox().then(() => location.reload()))}>
        Reset the sandbox
      </button>
    </section>
  );
}

/** Does what a card network does when it replaces a card: the saved card gets other digits and a later date. */
function CardUpdater({ onUpdate }: { onUpdate: (id: string, last4: string) => void }) {
  const { customerId } = useWalletClient();
  const [{ data }] = useQuery({ query: walletQuery, variables: { customerId }, requestPolicy: "cache-only" });
  const customer = readFragment(walletFragment, data?.customer);
  const cards = readFragment(methodFragment, customer?.paymentMethods.nodes ?? []).filter(({ card }) => card);
  const [chosen, choose] = useState("");
  const id = cards.some((card) => card.id === chosen) ? chosen : (cards[0]?.id ?? "");
  function submit(event: FormEvent) {
    event.preventDefault();
    onUpdate(id, String(Math.floor(1000 + Math.random() * 9000)));
  }
  return (
    <form onSubmit={submit}>
      <label className="field">
        <span>Card updater</span>
        <select value={id} disabled={!cards.length} onChange={(event) => choose(event.target.value)}>
          {!cards.length && <option value="">No cards</option>}
          {cards.map((card) => (
            <option key={card.id} value={card.id}>
              {card.displayLabel}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" disabled={!cards.length}>
        Replace the card
      </button>
    </form>
  );
}
