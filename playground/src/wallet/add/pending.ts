/**
 * The intents that this browser has started and not completed: the customer is at the bank, or waits for a deposit. They
 * survive a page load. There is no secret in them. A shop's server would keep them with the order.
 */
import { useMemo, useSyncExternalStore } from "react";

import { USUAL, type Choices } from "./choices";

export interface Pending extends Choices {
  /** seti_… or pi_… */
  id: string;
}

const CHANGED = "pending";
const keyOf = (customerId: string) => `attache:wallet:pending:${customerId}`;
const textOf = (customerId: string) => localStorage.getItem(keyOf(customerId)) ?? "[]";
const read = (text: string): Pending[] => JSON.parse(text) as Pending[];

function write(customerId: string, records: readonly Pending[]) {
  localStorage.setItem(keyOf(customerId), JSON.stringify(records));
  window.dispatchEvent(new Event(CHANGED));
}

export function remember(customerId: string, record: Pending) {
  const others = read(textOf(customerId)).filter(({ id }) => id !== record.id);
  write(customerId, [record, ...others]);
}

/** Remembers the intent if the page ends meanwhile, which is when Stripe.js goes to the bank's page. */
export async function rememberIfLeft<Result>(customerId: string, record: Pending, confirm: () => Promise<Result>) {
  const onLeave = () => remember(customerId, record);
  window.addEventListener("pagehide", onLeave);
  try {
    return await confirm();
  } finally {
    window.removeEventListener("pagehide", onLeave);
  }
}

export function forget(customerId: string, forgotten: string) {
  write(customerId, read(textOf(customerId)).filter(({ id }) => id !== forgotten));
}

/** Follows the records, also when another window changes them. `kind` is the start of their ids. */
export function usePending(customerId: string, kind: "seti_" | "pi_"): readonly Pending[] {
  const text = useSyncExternalStore(subscribe, () => textOf(customerId));
  return useMemo(() => read(text).filter(({ id }) => id.startsWith(kind)), [text, kind]);
}

function subscribe(onChange: () => void) {
  window.addEventListener(CHANGED, onChange);
  window.addEventListener("storage", onChange);
  return () => {
    window.removeEventListener(CHANGED, onChange);
    window.removeEventListener("storage", onChange);
  };
}

const ADDED_BY_STRIPE = [
  "payment_intent",
  "payment_intent_client_secret",
  "redirect_status",
  "setup_intent",
  "setup_intent_client_secret",
];

/** After the return from the bank: takes Stripe's parameters, which have a secret, out of the page's address. */
export function acceptReturn(customerId: string) {
  const url = new URL(location.href);
  const id = url.searchParams.get("setup_intent") ?? url.searchParams.get("payment_intent");
  if (!id) return;
  ADDED_BY_STRIPE.forEach((name) => url.searchParams.delete(name));
  history.replaceState(null, "", url);
  if (!read(textOf(customerId)).some((record) => record.id === id)) remember(customerId, { id, ...USUAL });
}
