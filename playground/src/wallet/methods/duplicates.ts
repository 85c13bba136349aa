/** Finds cards that look alike. The service compares fingerprints, which it does not show to customers. */
import type { Method_MethodFragment } from "../graphql/graphql";

/** Groups of two or more methods with the same brand, last digits and expiry date. */
export function duplicatesIn(methods: readonly Method_MethodFragment[]): Method_MethodFragment[][] {
  const groups = new Map<string, Method_MethodFragment[]>();
  for (const method of methods) {
    const { type, displayLabel, card } = method;
    const look = [type, displayLabel, card?.expMonth, card?.expYear].join();
    groups.set(look, [...(groups.get(look) ?? []), method]);
  }
  return [...groups.values()].filter((group) => group.length > 1);
}
