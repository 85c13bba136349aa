import type { Storage } from "@graphiql/toolkit";

/**
 * A shelf of our own in the browser's storage: other projects' GraphiQL, met earlier at the same address, keep their
 * tabs, and ours come up with the story.
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

/** GraphiQL's history would keep headers, and with them tokens, although told to keep none. */
function withoutHeaders(history: string): string {
  return JSON.stringify(JSON.parse(history, (key, value) => (key === "headers" ? undefined : value)));
}
