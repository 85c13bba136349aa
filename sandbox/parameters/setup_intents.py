"""Parameters of the SetupIntent endpoints."""

from collections.abc import Mapping

from sandbox.parameters.lists import CREATED, PAGINATION
from sandbox.parameters.payment_method_types import CREATABLE
from sandbox.parameters.payment_methods import DATA
from sandbox.parameters.types import (
    Array,
    Boolean,
    Choice,
    Hash,
    Integer,
    Metadata,
    ParameterType,
    Text,
    Unchecked,
    Url,
    endpoint_parameters,
)

_TYPES = Array(Choice(CREATABLE))
# Stripe does not allow these two to be excluded.
_EXCLUDABLE = Choice(tuple(name for name in CREATABLE if name not in ("custom", "link")))
_CARD_OPTIONS: Mapping[str, ParameterType] = {
    **dict.fromkeys(("mandate_options", "moto", "network", "setup_credential_usage", "three_d_secure"), Unchecked()),
    "request_three_d_secure": Choice(("any", "automatic", "challenge")),
}
_VERIFICATION_METHOD = Choice(("automatic", "instant", "microdeposits"))
_OPTIONS = Hash(
    {
        **dict.fromkeys((*CREATABLE, "card_present"), Unchecked()),
        "acss_debit": Hash(
            {
                "currency": Choice(("cad", "usd")),
                "mandate_options": Unchecked(),
                "verification_method": _VERIFICATION_METHOD,
            }
        ),
        "card": Hash(_CARD_OPTIONS),
        "us_bank_account": Hash(
            {
                **dict.fromkeys(("financial_connections", "mandate_options", "networks"), Unchecked()),
                "verification_method": _VERIFICATION_METHOD,
            }
        ),
    }
)
_PAYMENT_METHOD: Mapping[str, ParameterType] = {
    "payment_method": Text(),
    "payment_method_data": Hash(DATA),
    "payment_method_options": _OPTIONS,
}
_ACCEPTANCE = Hash(
    {
        "accepted_at": Integer(),
        "offline": Unchecked(),
        "online": Hash({"infer_from_client": Boolean(), "ip_address": Text(), "user_agent": Text()}, unsettable=True),
        "type": Choice(("offline", "online")),
    },
    required=("type",),
)
_CONFIRMATION: Mapping[str, ParameterType] = {
    **_PAYMENT_METHOD,
    "confirmation_token": Text(),
    "mandate_data": Hash({"customer_acceptance": _ACCEPTANCE}, required=("customer_acceptance",), unsettable=True),
    "return_url": Url(),
    "use_stripe_sdk": Boolean(),
}
_WRITABLE: Mapping[str, ParameterType] = {
    "attach_to_self": Boolean(),
    "customer": Text(),
    "customer_account": Text(),
    "description": Text(limit=1000, unsettable=True),
    "excluded_payment_method_types": Array(_EXCLUDABLE, unsettable=True),
    "flow_directions": Unchecked(),
    "metadata": Metadata(),
    "payment_method_configuration": Text(limit=100),
}

CREATE = endpoint_parameters(
    {
        **_CONFIRMATION,
        **_WRITABLE,
        "allowed_payment_method_types": _TYPES,
        "automatic_payment_methods": Hash(
            {"allow_redirects": Choice(("always", "never")), "enabled": Boolean()}, required=("enabled",)
        ),
        "confirm": Boolean(),
        "on_behalf_of": Text(),
        "single_use": Hash({"amount": Integer(minimum=1), "currency": Text(limit=3)}, required=("amount", "currency")),
        "usage": Choice(("off_session", "on_session")),
    }
)
RETRIEVE = endpoint_parameters({"client_secret": Text()})
UPDATE = endpoint_parameters({**_PAYMENT_METHOD, **_WRITABLE})
CONFIRM = endpoint_parameters({**_CONFIRMATION, "allowed_payment_method_types": _TYPES, "client_secret": Text()})
VERIFY_MICRODEPOSITS = endpoint_parameters(
    {"amounts": Array(Integer()), "client_secret": Text(), "descriptor_code": Text()}
)
CANCEL = endpoint_parameters({"cancellation_reason": Choice(("abandoned", "duplicate", "requested_by_customer"))})
LIST = endpoint_parameters(
    {
        **PAGINATION,
        "attach_to_self": Boolean(),
        "created": CREATED,
        "customer": Text(),
        "customer_account": Text(),
        "payment_method": Text(),
    }
)
