"""The GraphQL operations that a shop and its customers' devices send for a payment."""

from __future__ import annotations

_ERRORS = "errors { __typename code message path }"
_FIELDS = "id status amount amountReceived currency paymentMethod { id } customer { id }"
_INTENT = f"paymentIntent {{ {_FIELDS} clientSecret }} {_ERRORS}"

CREATE = f"""mutation Create($input: CreatePaymentIntentInput!) {{
  createPaymentIntent(input: $input) {{ {_INTENT} }} }}"""
CONFIRM = f"""mutation Pay($input: ConfirmPaymentIntentInput!) {{
  confirmPaymentIntent(input: $input) {{ {_INTENT} }} }}"""
CANCEL = f"""mutation Cancel($input: CancelPaymentIntentInput!) {{
  cancelPaymentIntent(input: $input) {{ {_INTENT} }} }}"""
COMPLETE = f"""mutation Complete($input: CompletePaymentIntentInput!) {{ completePaymentIntent(input: $input) {{
  paymentIntent {{ id status }} paymentMethod {{ id isDefault }} reusedExisting {_ERRORS} }} }}"""
READ = f"query Read($id: ID!) {{ paymentIntent(id: $id) {{ {_FIELDS} }} }}"
