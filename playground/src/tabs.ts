const documents = import.meta.glob<string>("./tabs/*.graphql", { query: "?raw", import: "default", eager: true });

/** The story that the tabs tell, in the order of the files' names. */
export const tabs = Object.keys(documents)
  .sort()
  .map((name) => ({ query: documents[name]! }));

/** What stands in the editor of headers until somebody writes there. It is JSON with comments. */
export const headersExample = `{
  // A token opens one wallet. This makes one:
  // uv run server.py token --customer cus_T4qv4Qn42jKZ9G
  // "Authorization": "Bearer eyJ…"
}`;
