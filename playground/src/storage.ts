import type { Storage } from "@graphiql/toolkit";

/**
 * A shelf of our own in the browser's storage: other projects' GraphiQL, met earlier at the same address, keep their
 * tabs, and ours come up with the story.
 */
const PREFIX = "attache:";

const names = (): string[] => Object.keys(localStorage).filter((name) => name.startsWith(PREFIX));

export const storage: Storage = {
  getItem: (name) => localStorage.getItem(PREFIX + name),
  setItem: (name, value) => localStorage.setItem(PREFIX + name, value),
  removeItem: (name) => localStorage.removeItem(PREFIX + name),
  clear: () => names().forEach((name) => localStorage.removeItem(name)),
  get length() {
    return names().length;
  },
};

/** Whether this browser's user has switched the keeping of headers on. */
export const keepsHeaders = storage.getItem("graphiql:shouldPersistHeaders") === "true";
