/** What happens to a method that was saved. The page keeps it while the customer is at the bank, or waits for a deposit. */
import type { DuplicatePolicy, SubscriptionsToMove } from "../graphql/graphql";

export interface Choices {
  setAsDefault: boolean;
  onDuplicate: DuplicatePolicy;
  moveSubscriptions: SubscriptionsToMove;
}

export const USUAL: Choices = { setAsDefault: false, onDuplicate: "REUSE_EXISTING", moveSubscriptions: "NONE" };

export const POLICIES: readonly { value: DuplicatePolicy; label: string }[] = [
  { value: "REUSE_EXISTING", label: "Keep the one I have" },
  { value: "REPLACE_EXISTING", label: "Replace the one I have" },
  { value: "KEEP_BOTH", label: "Keep both" },
  { value: "REJECT", label: "Do not add it" },
];

export const MOVES: readonly { value: SubscriptionsToMove; label: string }[] = [
  { value: "NONE", label: "Leave them as they are" },
  { value: "REPLACED", label: "Move those of the method that it replaces" },
  { value: "ALL", label: "Move all to it" },
];
