import type { SandboxCustomer } from "./sandbox/control";

interface Props {
  customers: readonly SandboxCustomer[];
  signedIn: SandboxCustomer | undefined;
  onSwitch: (id: string) => void;
}

/** The name of the page, and the switch between the sandbox's customers. */
export function PageHeader({ customers, signedIn, onSwitch }: Props) {
  return (
    <header className="page-header">
      <h1>Wallet</h1>
      <nav aria-label="Attaché">
        <a href="./">Attaché</a>
        <a href="graphql">GraphiQL</a>
      </nav>
      <label className="switch">
        <span>Signed in as</span>
        <select value={signedIn?.id ?? ""} disabled={!signedIn} onChange={(event) => onSwitch(event.target.value)}>
          {!signedIn && <option value="">…</option>}
          {customers.map(({ id, name, email }) => (
            <option key={id} value={id}>
              {name ?? email ?? id}
            </option>
          ))}
        </select>
      </label>
    </header>
  );
}
