// The documents of operations/ by name, each with the fragments that it needs.
import { readFileSync, readdirSync } from "node:fs";
import { parse, print, separateOperations } from "graphql";

const folder = new URL("operations/", import.meta.url);
const text = readdirSync(folder).map((name) => readFileSync(new URL(name, folder), "utf8")).join("\n");

export const documents = separateOperations(parse(text));
export const texts = Object.fromEntries(Object.entries(documents).map(([name, document]) => [name, print(document)]));
