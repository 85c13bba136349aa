"""Parameters of the SetupIntent endpoints."""

from collections.abc import Mapping

from sandbox.parameters.customers.customers import CUSTOMER
from sandbox.parameters.intents.common import (
    ACSS_OPTIONS,
    AUTOMATIC_PAYMENT_METHODS,
    CARD_OPTIONS,
    CONFIRMATION,
    EXCLUDED_TYPES,
    TYPES,
    US_BANK_OPTIONS,
)
from sandbox.parameters.lists import CREATED, PAGINATION
from sandbox.parameters.payment_methods.payment_method_types import CREATABLE
from sandbox.parameters.payment_methods.payment_methods import PAYMENT_METHOD
from sandbox.parameters.types import (
    Boolean,
    Choice,
    Hash,
    Integer,
    Metadata,
    ParameterType,
    Text,
    Unchecked,
    endpoint_parameters,
)

_OPTIONS: Mapping[str, ParameterType] = {
    "payment_method_options": Hash(
        {
            **dict.fromkeys((*CREATABLE, "card_present"), Unchecked()),
            "acss_debit": Hash({**ACSS_OPTIONS, "currency": Choice(("cad", "usd"))}),
            "card": Hash(CARD_OPTIONS),
            "us_bank_account": Hash(US_BANK_OPTIONS),
        }
    )
}
_WRITABLE: Mapping[str, ParameterType] = {
    **CUSTOMER,
    **_OPTIONS,
    "attach_to_self": Boolean(),
    "description": Text(limit=1000, unsettable=True),
    "excluded_payment_method_types": EXCLUDED_TYPES,
    "flow_directions": Unchecked(),
    "metadata": Metadata(),
    "payment_method_configuration": Text(limit=100),
}

CREATE = endpoint_parameters(
    {
        **CONFIRMATION,
        **_WRITABLE,
        "allowed_payment_method_types": TYPES,
        "automatic_payment_methods": AUTOMATIC_PAYMENT_METHODS,
        "confirm": Boolean(),
        "on_behalf_of": Text(),
        "single_use": Hash({"amount": Integer(minimum=1), "currency": Text(limit=3)}, required=("amount", "currency")),
        "usage": Choice(("off_session", "on_session")),
    }
)
UPDATE = endpoint_parameters({**PAYMENT_METHOD, **_WRITABLE})
CONFIRM = endpoint_parameters(
    {**CONFIRMATION, **_OPTIONS, "allowed_payment_method_types": TYPES, "client_secret": Text()}
)
CANCEL = endpoint_parameters({"cancellation_reason": Choice(("abandoned", "duplicate", "requested_by_customer"))})
LIST = endpoint_parameters(
    {**PAGINATION, **CUSTOMER, "attach_to_self": Boolean(), "created": CREATED, "payment_method": Text()}
)
