/** What is in the place of the list while there is no list. */

/** As high as two methods, so that nothing moves when they arrive. */
export function Skeletons() {
  return (
    <div aria-busy="true">
      <p className="visually-hidden">Loading the payment methods</p>
      <ul className="methods" aria-hidden="true">
        {[1, 2].map((number) => (
          <li key={number} className="method skeleton">
            <span className="brand" />
            <span className="method-text" />
          </li>
        ))}
      </ul>
    </div>
  );
}

export function Empty() {
  return (
    <div className="panel empty">
      <h3>No payment methods yet</h3>
      <p>Add a card or a bank account, and it is saved for the next payment.</p>
    </div>
  );
}

interface FailureProps {
  message: string;
  onRetry: () => void;
}

export function Failure({ message, onRetry }: FailureProps) {
  return (
    <div className="panel failure" role="alert">
      <h3>The wallet could not be loaded</h3>
      <p>{message}</p>
      <button type="button" className="primary" onClick={onRetry}>
        Try again
      </button>
    </div>
  );
}
