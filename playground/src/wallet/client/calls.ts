/** The REST calls that the service made for each operation. `extensions: { calls: true }` asks for them. */
import { makeOperation, type Exchange, type Operation, type OperationResult } from "urql";
import { map, pipe, tap } from "wonka";

import { makeStore, type Store } from "./store";

export interface Step {
  number: number;
  /** The name of the operation, for example ReadWallet. */
  name: string;
  /** The calls in their order, for example GET /v1/customers/{customer}. Undefined if the server does not tell. */
  calls: readonly string[] | undefined;
}

export interface Calls {
  steps: Store<readonly Step[]>;
  exchange: Exchange;
}

const SHOWN = 50;

export function makeCalls(): Calls {
  const steps = makeStore<readonly Step[]>([]);
  const record = ({ operation, extensions }: OperationResult) => {
    if (operation.kind === "subscription") return;
    const [latest] = steps.get();
    const step = { number: (latest?.number ?? 0) + 1, name: nameOf(operation), calls: extensions?.calls?.endpoints };
    steps.set([step, ...steps.get()].slice(0, SHOWN));
  };
  const exchange: Exchange =
    ({ forward }) =>
    (operations) =>
      pipe(operations, map(askForCalls), forward, tap(record));
  return { steps, exchange };
}

function askForCalls(operation: Operation): Operation {
  if (operation.kind !== "query" && operation.kind !== "mutation") return operation;
  return makeOperation(operation.kind, { ...operation, extensions: { calls: true } }, operation.context);
}

function nameOf({ query }: Operation): string {
  const [definition] = query.definitions;
  return (definition && "name" in definition && definition.name?.value) || "Operation";
}
