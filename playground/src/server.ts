/** The features that the server enables. It writes them into the page's head. */
const said = document.querySelector<HTMLMetaElement>('meta[name="attache"]')?.content ?? "";

function offers(what: "calls" | "introspection" | "sandbox"): boolean {
  return said.split(" ").includes(what);
}

export const showsCalls = offers("calls");
export const allowsIntrospection = offers("introspection");
/** Over the sandbox there are also a start page, a wallet page and a reset. */
export const usesSandbox = offers("sandbox");
