import type { FormEvent } from "react";

import { useChange } from "../client/change";
import { graphql, readFragment, type FragmentType } from "../graphql";
import { useAnnounce } from "../page/Announcer";
import { ProblemNote } from "../page/ProblemNote";
import { Buttons } from "./Buttons";
import { CardFields } from "./CardFields";
import { BillingFields } from "./BillingFields";
import { changesIn } from "./edit";

export const editFragment = graphql(`
  fragment EditMethod_method on PaymentMethod {
    id
    displayLabel
    billingDetails {
      name
      email
      phone
      address {
        line1
        line2
        city
        state
        postalCode
        country
      }
    }
    card {
      expMonth
      expYear
      networks {
        available
        preferred
      }
    }
  }
`);

const update = graphql(`
  mutation Edit($input: UpdatePaymentMethodInput!) {
    updatePaymentMethod(input: $input) {
      paymentMethod {
        id
        ...Method_method
        ...MethodCard_method
        ...EditMethod_method
      }
      errors {
        code
        message
        path
      }
    }
  }
`);

interface Props {
  method: FragmentType<typeof editFragment>;
  onClose: () => void;
}

/** Edits billing details, the expiry date and the network of a co-branded card. Only what was changed is sent. */
export function EditMethod({ method: masked, onClose }: Props) {
  const method = readFragment(editFragment, masked);
  const announce = useAnnounce();
  const { send, isSending, problem } = useChange(update, (data) => data.updatePaymentMethod);
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const changes = changesIn(method, new FormData(event.currentTarget));
    if (!changes || (await send({ paymentMethodId: method.id, ...changes }))) {
      announce(changes ? `${method.displayLabel} was saved.` : "Nothing was changed.");
      onClose();
    }
  }
  return (
    <form onSubmit={submit}>
      {method.card && <CardFields card={method.card} problem={problem} />}
      <BillingFields details={method.billingDetails} problem={problem} />
      <ProblemNote problem={problem} />
      <Buttons action="Save" isSending={isSending} onCancel={onClose} />
    </form>
  );
}
