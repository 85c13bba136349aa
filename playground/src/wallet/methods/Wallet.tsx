import { useEffect, useRef, useState, type RefObject } from "react";

import { PendingMethods } from "../add/PendingMethods";
import { Changes, type OpenDialog } from "../changes/Changes";
import { readFragment } from "../graphql";
import type { Wallet_CustomerFragment } from "../graphql/graphql";
import { ConnectionNote } from "./ConnectionNote";
import { Duplicates } from "./Duplicates";
import { MethodCard } from "./MethodCard";
import { useWallet } from "./useWallet";
import { methodFragment } from "./wallet";
import { Empty, Failure, Skeletons } from "./WalletStates";

/** The saved payment methods of the signed-in customer, and the dialogs that change them. */
export function Wallet() {
  const { customer, isLoading, problem, isOnline, connection, readAgain } = useWallet();
  const [dialog, setDialog] = useState<OpenDialog>();
  const heading = useRef<HTMLHeadingElement>(null);
  useFocusAfter(dialog !== undefined, heading);
  return (
    <section className="wallet" aria-labelledby="methods">
      <header className="wallet-head">
        <div>
          <h2 id="methods" ref={heading} tabIndex={-1}>
            Payment methods
          </h2>
          <p className="muted">{customer ? (customer.email ?? customer.name) : "\u00a0"}</p>
        </div>
        <button type="button" className="primary" disabled={!customer} onClick={() => setDialog({ kind: "add" })}>
          Add payment method
        </button>
      </header>
      {customer && <ConnectionNote {...{ isOnline, connection, problem }} onRetry={readAgain} />}
      <PendingMethods />
      {isLoading && <Skeletons />}
      {!isLoading && !customer && (
        <Failure message={problem ?? "This customer does not exist."} onRetry={readAgain} />
      )}
      {customer && <Methods customer={customer} onOpen={setDialog} />}
      {customer && dialog && <Changes customer={customer} dialog={dialog} onClose={() => setDialog(undefined)} />}
    </section>
  );
}

/** Focuses the element after a dialog, if the button that opened the dialog is gone with its payment method. */
function useFocusAfter(isOpen: boolean, element: RefObject<HTMLElement | null>) {
  const wasOpen = useRef(false);
  useEffect(() => {
    if (wasOpen.current && !isOpen && document.activeElement === document.body) element.current?.focus();
    wasOpen.current = isOpen;
  }, [isOpen, element]);
}

interface MethodsProps {
  customer: Wallet_CustomerFragment;
  onOpen: (dialog: OpenDialog) => void;
}

function Methods({ customer, onOpen }: MethodsProps) {
  const { nodes, pageInfo } = customer.paymentMethods;
  if (!nodes.length) return <Empty />;
  return (
    <>
      <Duplicates
        methods={readFragment(methodFragment, nodes)}
        onResolve={(group) => onOpen({ kind: "duplicates", group })}
      />
      <ul className="methods">
        {nodes.map((method) => (
          <MethodCard
            key={method.id}
            method={method}
            isDefault={method.id === customer.defaultPaymentMethod?.id}
            onAction={(kind) => onOpen({ kind, method })}
          />
        ))}
      </ul>
      {pageInfo.hasNextPage && <p className="muted">These are the {nodes.length} newest.</p>}
    </>
  );
}
