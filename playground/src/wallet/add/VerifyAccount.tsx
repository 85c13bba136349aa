import { useState, type FormEvent } from "react";

import { Buttons } from "../changes/Buttons";
import { useChange, type Problem } from "../client/change";
import { Choice } from "../page/Choice";
import { Field } from "../page/Field";
import { ProblemNote } from "../page/ProblemNote";
import { verifyAccount } from "./mutations";

const KINDS = [
  { value: "descriptor_code", label: "One deposit with a code" },
  { value: "amounts", label: "Two deposits" },
] as const;

type Kind = (typeof KINDS)[number]["value"];

interface Props {
  setupIntentId: string;
  /** What Stripe has sent: amounts or descriptor_code. */
  type: string;
  onVerified: () => void;
  onClose: () => void;
}

/** The customer reads the deposit in the bank's statement, and proves with it that the account is theirs. */
export function VerifyAccount({ setupIntentId, type, onVerified, onClose }: Props) {
  const { send, isSending, problem } = useChange(verifyAccount, (data) => data.verifyMicrodeposits);
  const [kind, setKind] = useState<Kind>(type === "amounts" ? "amounts" : "descriptor_code");
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const verified = await send({ setupIntentId, ...proofIn(form, kind) });
    // Not only after success: after too many attempts the account can't be verified any more.
    onVerified();
    if (verified) onClose();
  }
  return (
    <form onSubmit={submit}>
      <Choice legend="Your bank's statement shows" name="kind" options={KINDS} value={kind} onChange={setKind} />
      {kind === "amounts" ? <Amounts /> : <Code />}
      <ProblemNote problem={problem && withAttempts(problem)} />
      <Buttons action="Verify" isSending={isSending} onCancel={onClose} />
    </form>
  );
}

function withAttempts(problem: Problem): Problem {
  const { attemptsRemaining: left, message } = problem;
  if (left === undefined || left === null) return problem;
  return { ...problem, message: `${message} ${left === 1 ? "One attempt is" : `${left} attempts are`} left.` };
}

function proofIn(form: FormData, kind: Kind) {
  if (kind === "amounts") return { amounts: [Number(form.get("first")), Number(form.get("second"))] };
  return { descriptorCode: String(form.get("code")).trim().toUpperCase() };
}

function Code() {
  return (
    <>
      <Field label="Code" name="code" required pattern="\s*[Ss][Mm][A-Za-z0-9]{4}\s*" autoComplete="off" maxLength={8} />
      <p className="muted">Six characters that start with SM. In the sandbox: SM11AA.</p>
    </>
  );
}

function Amounts() {
  const cents = { type: "number", inputMode: "numeric", min: 1, max: 99, required: true, autoComplete: "off" } as const;
  return (
    <>
      <div className="fields">
        <Field label="First amount, in cents" name="first" {...cents} />
        <Field label="Second amount, in cents" name="second" {...cents} />
      </div>
      <p className="muted">In any order. In the sandbox: 32 and 45.</p>
    </>
  );
}
