/** The normalised cache: each object is stored once under its id, so a mutation's payload changes it everywhere. */
import { cacheExchange } from "@urql/exchange-graphcache";

import { possibleTypes, typesWithoutId } from "../graphql/types-for-cache";
import { optimisticResults } from "./optimistic";

/** Objects without an id are stored as parts of the object that contains them. */
const keys = Object.fromEntries(typesWithoutId.map((name) => [name, () => null]));

export const makeCache = (customerId: string) =>
  cacheExchange({ keys, possibleTypes, optimistic: optimisticResults(customerId) });
