interface Props {
  action: string;
  isSending: boolean;
  isDangerous?: boolean;
  onCancel: () => void;
}

/** The end of a dialog's form: the action, and the way out. */
export function Buttons({ action, isSending, isDangerous, onCancel }: Props) {
  return (
    <div className="dialog-buttons">
      <button type="button" onClick={onCancel}>
        Cancel
      </button>
      <button type="submit" className={isDangerous ? "danger" : "primary"} disabled={isSending}>
        {isSending ? "One moment…" : action}
      </button>
    </div>
  );
}
