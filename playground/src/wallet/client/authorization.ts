/** Sends requests with the customer's token, and gets a new token when the old one has expired. */
export type GetToken = (refused?: string) => Promise<string | undefined>;

/** Like `fetch`. In an app, `getToken` asks the backend that signed the customer in. */
export function authorizedFetch(getToken: GetToken): typeof fetch {
  return async (url, init) => {
    const token = await getToken();
    const response = await fetch(url, withToken(init, token));
    if (response.status !== 401) return response;
    return fetch(url, withToken(init, await getToken(token)));
  };
}

function withToken(init: RequestInit | undefined, token: string | undefined): RequestInit {
  const headers = new Headers(init?.headers);
  if (token) headers.set("authorization", `Bearer ${token}`);
  return { ...init, headers };
}
