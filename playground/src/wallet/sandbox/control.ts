/** The sandbox's control routes. They stand in for a backend that signs customers in, and for the card networks. */
export interface SandboxCustomer {
  id: string;
  name: string | null;
  email: string | null;
  deleted: boolean;
}

export async function listCustomers(): Promise<SandboxCustomer[]> {
  const { customers } = await request<{ customers: SandboxCustomer[] }>("customers");
  return customers.filter(({ deleted }) => !deleted);
}

/** A token of this customer. Undefined if the service's tokens are signed elsewhere: the page is then anonymous. */
export async function createToken(customer: string): Promise<string | undefined> {
  const response = await send("tokens", { customer });
  if (response.status === 404) return undefined;
  return ((await read(response)) as { token: string }).token;
}

/** The card network replaces a card: it gets these last digits, and is valid for four years from now. */
export const updateCard = (id: string, last4: string) =>
  request("card_updates", { payment_method: id, last4, exp_year: new Date().getUTCFullYear() + 4 });

export const resetSandbox = () => request("reset", {});

async function request<Result>(route: string, body?: object): Promise<Result> {
  return (await read(await send(route, body))) as Result;
}

async function send(route: string, body?: object): Promise<Response> {
  const options = body && { method: "POST", body: JSON.stringify(body) };
  try {
    return await fetch(new URL(`_sandbox/${route}`, document.baseURI), options);
  } catch {
    throw new Error("The sandbox does not respond. Check the connection, then try again.");
  }
}

async function read(response: Response): Promise<unknown> {
  const body = await response.json();
  if (!response.ok) throw new Error(body.error.message);
  return body;
}
