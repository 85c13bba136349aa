/** The features that the server enables. It writes them into the page's head. */
const said = document.querySelector<HTMLMetaElement>('meta[name="attache"]')?.content ?? "";

function offers(what: "calls" | "introspection" | "start"): boolean {
  return said.split(" ").includes(what);
}

export const showsCalls = offers("calls");
export const allowsIntrospection = offers("introspection");
export const hasStartPage = offers("start");
