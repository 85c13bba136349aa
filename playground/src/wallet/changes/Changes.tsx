import { AddMethod } from "../add/AddMethod";
import { readFragment } from "../graphql";
import type { Method_MethodFragment, Wallet_CustomerFragment } from "../graphql/graphql";
import { methodFragment } from "../methods/wallet";
import { Dialog } from "../page/Dialog";
import { ChangeDefault } from "./ChangeDefault";
import { EditMethod } from "./EditMethod";
import { RemoveMethod } from "./RemoveMethod";
import { ResolveDuplicates } from "./ResolveDuplicates";

type Node = Wallet_CustomerFragment["paymentMethods"]["nodes"][number];

/** The dialog that is open. It keeps its payment method, also if that leaves the list meanwhile. */
export type OpenDialog =
  | { kind: "add" }
  | { kind: "default" | "edit" | "remove"; method: Node }
  | { kind: "duplicates"; group: Method_MethodFragment[] };

interface Props {
  customer: Wallet_CustomerFragment;
  dialog: OpenDialog;
  onClose: () => void;
}

/** The open dialog: its title and its content. */
export function Changes({ customer, dialog, onClose }: Props) {
  return (
    <Dialog title={titleOf(dialog)} onClose={onClose}>
      <Content customer={customer} dialog={dialog} onClose={onClose} />
    </Dialog>
  );
}

function Content({ customer, dialog, onClose }: Props) {
  if (dialog.kind === "add") return <AddMethod onAdded={onClose} onCancel={onClose} />;
  const defaultId = customer.defaultPaymentMethod?.id;
  if (dialog.kind === "duplicates") {
    return <ResolveDuplicates group={dialog.group} defaultId={defaultId} onClose={onClose} />;
  }
  if (dialog.kind === "edit") return <EditMethod method={dialog.method} onClose={onClose} />;
  const method = readFragment(methodFragment, dialog.method);
  const all = readFragment(methodFragment, customer.paymentMethods.nodes);
  const props = { method, others: all.filter(({ id }) => id !== method.id), onClose };
  return dialog.kind === "default" ? <ChangeDefault {...props} /> : <RemoveMethod {...props} defaultId={defaultId} />;
}

function titleOf(dialog: OpenDialog): string {
  if (dialog.kind === "add") return "Add a payment method";
  if (dialog.kind === "duplicates") return `Keep one ${dialog.group[0]?.displayLabel}`;
  const label = readFragment(methodFragment, dialog.method).displayLabel;
  return { default: `Make ${label} the default?`, edit: `Edit ${label}`, remove: `Remove ${label}?` }[dialog.kind];
}
