import { useState, type ReactNode } from "react";

import { Dialog } from "../page/Dialog";

interface Props {
  text: string;
  /** The name of the next step, and its control: a button or a link. */
  children?: ReactNode;
  isDanger?: boolean;
  onDrop?: () => void;
}

/** A method that is not saved yet: what it waits for, the next step, and the way to give up. */
export function PendingNote({ text, children, isDanger, onDrop }: Props) {
  return (
    <li className={`note ${isDanger ? "note-danger" : "note-info"}`}>
      <p role={isDanger ? "alert" : undefined}>{text}</p>
      {children}
      {onDrop && (
        <button type="button" onClick={onDrop}>
          Give up
        </button>
      )}
    </li>
  );
}

interface DialogButtonProps {
  name: string;
  title: string;
  /** The dialog's content, which can close it. */
  children: (close: () => void) => ReactNode;
}

/** A button that opens a dialog. */
export function DialogButton({ name, title, children }: DialogButtonProps) {
  const [isOpen, setOpen] = useState(false);
  const close = () => setOpen(false);
  return (
    <>
      <button type="button" onClick={() => setOpen(true)}>
        {name}
      </button>
      {isOpen && (
        <Dialog title={title} onClose={close}>
          {children(close)}
        </Dialog>
      )}
    </>
  );
}
