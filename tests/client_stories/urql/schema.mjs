// The schema as urql's cache needs it.
import { readFileSync } from "node:fs";

export const schema = JSON.parse(readFileSync(new URL("../../../clients/introspection.json", import.meta.url)));
