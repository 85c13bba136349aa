/** Sends a mutation, and makes one problem of its failures: user errors, top-level errors, no response. */
import { useRef, useState } from "react";
import { useMutation, type AnyVariables, type CombinedError, type TypedDocumentNode } from "urql";

/** A reason why a change did not happen, or not completely. */
export interface Problem {
  /** A code of UserErrorCode; OFFLINE if there was no response; FAILED for any other failure. */
  code: string;
  message: string;
  /** The part of the input that it concerns, for example card.expYear. */
  field?: string;
  isDefault?: boolean;
  activeSubscriptionCount?: number;
  attemptsRemaining?: number | null;
}

interface UserError {
  __typename?: string;
  code: string;
  message: string;
  path: readonly string[] | null;
}

interface Payload {
  errors: readonly UserError[];
}

/** Resolves to the payload, or to undefined if there was a problem. */
export type Send<Input, Result> = (input: Input) => Promise<Result | undefined>;

export interface Change<Input, Result> {
  send: Send<Input, Result>;
  isSending: boolean;
  problem: Problem | undefined;
}

export function useChange<Data, Input extends object, Result extends Payload>(
  document: TypedDocumentNode<Data, { input: Input & { idempotencyKey?: string | null } }>,
  payloadOf: (data: Data) => Result | null,
): Change<Input, Result> {
  const [{ fetching }, execute] = useMutation(document as TypedDocumentNode<Data, AnyVariables>);
  const [problem, setProblem] = useState<Problem>();
  /** Of the request whose response was lost: sent again with its key, it is executed once. */
  const unanswered = useRef<{ input: string; key: string }>(undefined);
  async function send(input: Input) {
    setProblem(undefined);
    const text = JSON.stringify(input);
    const key = unanswered.current?.input === text ? unanswered.current.key : newKey();
    const { data, error } = await execute({ input: { ...input, idempotencyKey: key } });
    unanswered.current = error?.networkError ? { input: text, key } : undefined;
    const payload = data ? payloadOf(data) : null;
    const found = problemOf(payload, error);
    setProblem(found);
    return found || !payload ? undefined : payload;
  }
  return { send, isSending: fetching, problem };
}

const NO_RESPONSE = "There was no response. Check the connection, then try again.";

/** Not crypto.randomUUID: it exists on HTTPS and on localhost only. */
export const newKey = () => Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join("-");

function problemOf(payload: Payload | null, error: CombinedError | undefined): Problem | undefined {
  if (error?.networkError) return { code: "OFFLINE", message: NO_RESPONSE };
  if (error) return { code: "FAILED", message: error.graphQLErrors[0]?.message ?? error.message };
  const [first] = payload?.errors ?? [];
  if (first) return { ...first, field: first.path?.slice(1).join(".") };
  return payload ? undefined : { code: "FAILED", message: "The service returned no result. Try again." };
}
