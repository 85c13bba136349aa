"""Parameters of the PaymentIntent endpoints."""

from collections.abc import Mapping

from sandbox.parameters.customers.customers import CUSTOMER, SHIPPING
from sandbox.parameters.intents.common import (
    ACSS_OPTIONS,
    AUTOMATIC_PAYMENT_METHODS,
    CARD_OPTIONS,
    CONFIRMATION,
    EXCLUDED_TYPES,
    TYPES,
    US_BANK_OPTIONS,
)
from sandbox.parameters.intents.currencies import Amount, Currency
from sandbox.parameters.lists import CREATED, PAGINATION
from sandbox.parameters.payment_methods.payment_method_types import CREATABLE
from sandbox.parameters.payment_methods.payment_methods import PAYMENT_METHOD
from sandbox.parameters.types import (
    Boolean,
    Choice,
    Email,
    Hash,
    Integer,
    Metadata,
    ParameterType,
    Text,
    Unchecked,
    endpoint_parameters,
)

# Parameters of Stripe that the sandbox refuses.
UNSUPPORTED = """
    application_fee_amount hooks on_behalf_of payment_method_configuration transfer_data
"""
_CAPTURE_METHOD = Choice(("automatic", "automatic_async", "manual"))
_FUTURE_USAGE: Mapping[str, ParameterType] = {"setup_future_usage": Choice(("none", "off_session", "on_session"))}
_CARD: Mapping[str, ParameterType] = {
    **CARD_OPTIONS,
    **_FUTURE_USAGE,
    **dict.fromkeys(("cvc_token", "installments", "require_cvc_recollection"), Unchecked()),
}
_OPTIONS = Hash(
    {
        **dict.fromkeys((*CREATABLE, "card_present"), Unchecked()),
        "acss_debit": Hash({**ACSS_OPTIONS, **_FUTURE_USAGE}),
        "card": Hash(_CARD),
        "us_bank_account": Hash({**US_BANK_OPTIONS, **_FUTURE_USAGE}),
    }
)
# What create, update and confirm accept.
_CHANGEABLE: Mapping[str, ParameterType] = {
    **dict.fromkeys(("amount_details", "hooks", "payment_details"), Unchecked()),
    "capture_method": _CAPTURE_METHOD,
    "excluded_payment_method_types": EXCLUDED_TYPES,
    "payment_method_options": _OPTIONS,
    "receipt_email": Email(unsettable=True),
    "setup_future_usage": Choice(("off_session", "on_session"), unsettable=True),
    "shipping": SHIPPING,
}
_WRITABLE: Mapping[str, ParameterType] = {
    **_CHANGEABLE,
    **CUSTOMER,
    "allowed_payment_method_types": TYPES,
    "amount": Amount(),
    "application_fee_amount": Unchecked(),
    "currency": Currency(),
    "description": Text(limit=1000, unsettable=True),
    "metadata": Metadata(),
    "payment_method_configuration": Text(limit=100),
    "statement_descriptor": Text(limit=22, unsettable=True),
    "statement_descriptor_suffix": Text(limit=22, unsettable=True),
    "transfer_data": Unchecked(),
    "transfer_group": Text(unsettable=True),
}
_PAYMENT: Mapping[str, ParameterType] = {
    **CONFIRMATION,
    "error_on_requires_action": Boolean(),
    "mandate": Text(),
    "off_session": Choice(("true", "false", "one_off", "recurring")),
    "radar_options": Unchecked(),
}

CREATE = endpoint_parameters(
    {
        **_PAYMENT,
        **_WRITABLE,
        "automatic_payment_methods": AUTOMATIC_PAYMENT_METHODS,
        "confirm": Boolean(),
        "confirmation_method": Choice(("automatic", "manual")),
        "on_behalf_of": Text(),
    },
    required=("amount", "currency"),
)
UPDATE = endpoint_parameters({**PAYMENT_METHOD, **_WRITABLE})
CONFIRM = endpoint_parameters(
    {
        **_PAYMENT,
        **_CHANGEABLE,
        "allowed_payment_method_types": TYPES,
        "amount_to_confirm": Integer(minimum=1),
        "client_secret": Text(),
    }
)
CAPTURE = endpoint_parameters(
    {
        "amount_to_capture": Integer(minimum=1),
        "final_capture": Boolean(),
        "metadata": Metadata(),
        "statement_descriptor": Text(limit=22),
        "statement_descriptor_suffix": Text(limit=22),
    }
)
CANCEL = endpoint_parameters(
    {"cancellation_reason": Choice(("abandoned", "duplicate", "fraudulent", "requested_by_customer"))}
)
LIST = endpoint_parameters({**PAGINATION, **CUSTOMER, "created": CREATED})
