import type { Method_MethodFragment } from "../graphql/graphql";
import { duplicatesIn } from "./duplicates";

interface Props {
  methods: readonly Method_MethodFragment[];
  onResolve: (group: Method_MethodFragment[]) => void;
}

/** A note for each method that is saved more than once. */
export function Duplicates({ methods, onResolve }: Props) {
  return duplicatesIn(methods).map((group) => (
    <div key={group[0]?.id} className="note note-info duplicate">
      <p>
        {group[0]?.displayLabel} is saved {group.length} times.
      </p>
      <button type="button" onClick={() => onResolve(group)}>
        Keep one
      </button>
    </div>
  ));
}
