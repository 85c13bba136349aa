import type { Connection } from "../client/live";

interface Props {
  isOnline: boolean;
  connection: Connection;
  /** Why the latest read failed. */
  problem: string | undefined;
  onRetry: () => void;
}

/** Says that the page may be out of date, and why. */
export function ConnectionNote({ isOnline, connection, problem, onRetry }: Props) {
  const reason = !isOnline
    ? "You are offline."
    : (problem ?? (connection === "lost" ? "The connection was lost, and is being restored." : undefined));
  return (
    <div role="status">
      {reason && (
        <div className="note note-warning">
          <p>{reason} What you see may be out of date.</p>
          <button type="button" onClick={onRetry}>
            Try again
          </button>
        </div>
      )}
    </div>
  );
}
