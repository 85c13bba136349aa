import { useWalletClient } from "../client/client";
import type { Step } from "../client/calls";
import { useStore } from "../client/store";

/** The REST calls that the service made for this page, by operation, the latest first. */
export function CallsPanel() {
  const steps = useStore(useWalletClient().calls.steps);
  const total = steps.reduce((sum, { calls }) => sum + (calls?.length ?? 0), 0);
  const cached = steps.filter(({ calls }) => calls?.length === 0).length;
  return (
    <section className="panel calls" aria-labelledby="calls">
      <h2 id="calls">REST calls made</h2>
      <p className="muted">
        {counted(total, "call")} for {counted(steps.length, "operation")}, of which the service&rsquo;s cache answered{" "}
        {cached}.
      </p>
      <ol>
        {steps.map((step) => (
          <li key={step.number}>
            <StepDetails step={step} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function StepDetails({ step: { name, calls } }: { step: Step }) {
  if (!calls?.length) {
    return (
      <p>
        <span>{name}</span> <span className="badge">{calls ? "cache" : "not shown"}</span>
      </p>
    );
  }
  return (
    <details>
      <summary>
        <span>{name}</span> <span className="badge">{counted(calls.length, "call")}</span>
      </summary>
      <ul>
        {calls.map((call, index) => (
          <li key={index}>
            <code>{call}</code>
          </li>
        ))}
      </ul>
    </details>
  );
}

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`;
