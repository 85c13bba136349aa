import type { Storage } from "@graphiql/toolkit";

/**
 * A namespace in the browser's storage. Another project's GraphiQL at the same origin keeps its tabs, and this page
 * opens with its own.
 */
const PREFIX = "attache:";
const HISTORY = ["graphiql:queries", "graphiql:favorites"];

const names = (): string[] => Object.keys(localStorage).filter((name) => name.startsWith(PREFIX));

export const storage: Storage = {
  getItem: (name) => localStorage.getItem(PREFIX + name),
  setItem: (name, value) =>
    localStorage.setItem(PREFIX + name, HISTORY.includes(name) ? withoutHeaders(value) : value),
  removeItem: (name) => localStorage.removeItem(PREFIX + name),
  clear: () => names().forEach((name) => localStorage.removeItem(name)),
  get length() {
    return names().length;
  },
};

/** GraphiQL's history stores headers, and so tokens, even if shouldPersistHeaders is false. */
function withoutHeaders(history: string): string {
  return JSON.stringify(JSON.parse(history, (key, value) => (key === "headers" ? undefined : value)));
}
