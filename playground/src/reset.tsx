import { ToolbarButton } from "@graphiql/react";
import { useState } from "react";

/** A button that resets the sandbox, and shows the result. */
export function Reset() {
  const [outcome, setOutcome] = useState("");

  async function reset() {
    if (!window.confirm("Reset the sandbox? All changes since its start are lost.")) return;
    setOutcome("Resetting …");
    setOutcome(await reasonOfFailure().then((reason) => reason ?? "The sandbox is as it was at its start."));
  }

  return (
    <>
      <ToolbarButton label="Reset the sandbox" onClick={reset}>
        <svg className="graphiql-toolbar-icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="2">
          <path d="M4 4v6h6M4.5 10a8 8 0 1 1-.4 4" />
        </svg>
      </ToolbarButton>
      <output className="reset-outcome" onAnimationEnd={() => setOutcome("")} key={outcome}>
        {outcome}
      </output>
    </>
  );
}

/** Resets the sandbox. Returns why that failed, or undefined. */
async function reasonOfFailure(): Promise<string | undefined> {
  try {
    const response = await fetch("_sandbox/reset", { method: "POST" });
    return response.ok ? undefined : `The reset failed: HTTP status ${response.status}.`;
  } catch {
    return "The reset failed: the server can't be reached.";
  }
}
