import type { Problem } from "../client/change";
import { inWords } from "./words";

/** A problem in words, read out when it appears. */
export function ProblemNote({ problem }: { problem: Problem | undefined }) {
  return <div role="alert">{problem && <p className="note note-danger">{inWords(problem)}</p>}</div>;
}
