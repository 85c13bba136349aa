import type { TypedDocumentString } from "../generated/gql/graphql.js";

export interface Service {
  url: string;
  getToken: () => string;
  /** Whether the service knows the documents already, from the manifest in TRUSTED_DOCUMENTS. */
  trusted?: boolean;
  fetch?: typeof fetch;
}

/** The top-level errors of a response. User errors are data, in the payload's `errors`. */
export class OperationFailed extends Error {
  constructor(readonly errors: { message: string; extensions?: { code?: string; outcome?: string } }[]) {
    super(errors[0]?.message);
  }
}

export async function execute<Data, Variables>(
  service: Service,
  document: TypedDocumentString<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  const named = service.trusted ? { documentId: document.__meta__?.["hash"] } : { query: document.toString() };
  const response = await (service.fetch ?? fetch)(service.url, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${service.getToken()}` },
    body: JSON.stringify({ ...named, variables }),
  });
  const { data, errors } = await response.json();
  if (errors) throw new OperationFailed(errors);
  return data;
}
