interface Props {
  customerId: string;
  /** Called with the id of the saved payment method, which is in the cache by then. */
  onAdded: (paymentMethodId: string) => void;
  onCancel: () => void;
}

/** The content of the dialog "Add a payment method". */
export function AddMethod({ customerId, onCancel }: Props) {
  return (
    <div data-customer={customerId}>
      <button type="button" onClick={onCancel}>
        Cancel
      </button>
    </div>
  );
}
