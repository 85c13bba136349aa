import { useId, useLayoutEffect, useRef, type ReactNode } from "react";

interface Props {
  title: string;
  /** Called for the Escape key and the phone's back gesture. The parent then stops rendering the dialog. */
  onClose: () => void;
  children: ReactNode;
}

/** A modal dialog of the platform, which keeps the focus inside and gives it back. It is open while it is rendered. */
export function Dialog({ title, onClose, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useLayoutEffect(() => {
    const opened = dialog.current;
    opened?.showModal();
    // While the element is still in the document: only then does the focus return to where it was.
    return () => opened?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <h2 id={heading}>{title}</h2>
      {children}
    </dialog>
  );
}
