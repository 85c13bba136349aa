/** Who is signed in. The sandbox gives a token to any customer; a real backend checks who asks. */
import type { GetToken } from "../client/authorization";
import { createToken } from "./control";

/** Asks for a token once, and again when the service has refused it. */
export function tokensOf(customerId: string): GetToken {
  let token: Promise<string | undefined> | undefined;
  return async (refused) => {
    if (token === undefined || (refused && (await token) === refused)) {
      token = createToken(customerId);
      token.catch(() => (token = undefined));
    }
    return token;
  };
}

const KEY = "attache:wallet:customer";

/** The customer chosen last, for the next visit. A new window starts with the same one. */
export const latestCustomer = () => localStorage.getItem(KEY) ?? undefined;

export const rememberCustomer = (id: string) => localStorage.setItem(KEY, id);
