"""The input field for each of Stripe's parameters, to which Stripe's refusals refer."""

from __future__ import annotations

from collections.abc import Mapping

from strawberry.utils.str_converters import to_camel_case

_INPUT_FIELDS: Mapping[str, str] = {
    "card[networks][preferred]": "card.preferredNetwork",
    "confirmation_token": "confirmationTokenId",
    "customer": "customerId",
    "customer_account": "customerAccountId",
    "default_payment_method": "paymentMethodId",
    "exp_month": "card.expMonth",
    "exp_year": "card.expYear",
    "id": "customerId",
    "intent": "setupIntentId",
    "invoice_settings[default_payment_method]": "paymentMethodId",
    "mandate_data": "mandate",
    "mandate_data[customer_acceptance][accepted_at]": "mandate.offline.acceptedAt",
    "mandate_data[customer_acceptance][online][ip_address]": "mandate.online.ipAddress",
    "mandate_data[customer_acceptance][online][user_agent]": "mandate.online.userAgent",
    "payment_method": "paymentMethodId",
    "payment_intent": "paymentIntentId",
    "setup_intent": "setupIntentId",
}
"""The input field for each of Stripe's parameters whose name differs."""
_SAME_FIELDS = (
    "allow_redisplay",
    "amount",
    "billing_details",
    "cancellation_reason",
    "card",
    "currency",
    "description",
    "descriptor_code",
    "off_session",
    "return_url",
    "setup_future_usage",
    "usage",
)
"""Parameters of Stripe that have an input field of the same name."""
_WHOLE_FIELDS: Mapping[str, str] = {
    "allowed_payment_method_types": "paymentMethodTypes",
    "amounts": "amounts",
    "components": "components",
    "metadata": "metadata",
}
"""The input field for a parameter with parts that have no field of their own."""


def field_of(param: str | None) -> str | None:
    """The input field for a parameter of Stripe; None if the input has no such field."""
    if param is None or param in _INPUT_FIELDS:
        return _INPUT_FIELDS.get(param or "")
    first, *rest = param.replace("]", "").split("[")
    if first in _WHOLE_FIELDS:
        return _WHOLE_FIELDS[first]
    if first not in _SAME_FIELDS:
        return None
    return ".".join(map(to_camel_case, [first, *rest]))
