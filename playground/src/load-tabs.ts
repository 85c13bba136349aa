/** The tabs' files: NAME.graphql, and NAME.json with its variables. */
const documents = import.meta.glob<string>("./tabs/*.graphql", { query: "?raw", import: "default", eager: true });

const variables = import.meta.glob<string>("./tabs/*.json", { query: "?raw", import: "default", eager: true });

/** The example operations, one per tab, in the order of the numbers in the file names. */
export const tabs = Object.keys(documents)
  .sort((one, other) => one.localeCompare(other, "en", { numeric: true }))
  .map((name) => ({ query: documents[name]!, variables: variables[name.replace(".graphql", ".json")] }));

/** The initial text of the header editor: JSON with comments. */
export const headersExample = `{
  // A token gives access to one wallet. Create one with:
  // uv run server.py token --customer cus_T4qv4Qn42jKZ9G
  // "Authorization": "Bearer eyJ…"
}`;
