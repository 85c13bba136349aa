"""Parameters that the endpoints of SetupIntents and PaymentIntents share."""

from collections.abc import Mapping

from sandbox.parameters.payment_methods.payment_method_types import CREATABLE
from sandbox.parameters.payment_methods.payment_methods import PAYMENT_METHOD
from sandbox.parameters.types import (
    Array,
    Boolean,
    Choice,
    Hash,
    Integer,
    ParameterType,
    Text,
    Unchecked,
    Url,
    endpoint_parameters,
)

TYPES = Array(Choice(CREATABLE))
# Stripe does not allow these two to be excluded.
EXCLUDED_TYPES = Array(Choice(tuple(name for name in CREATABLE if name not in ("custom", "link"))), unsettable=True)
AUTOMATIC_PAYMENT_METHODS = Hash(
    {"allow_redirects": Choice(("always", "never")), "enabled": Boolean()}, required=("enabled",)
)
_VERIFICATION_METHOD = Choice(("automatic", "instant", "microdeposits"))
ACSS_OPTIONS: Mapping[str, ParameterType] = {
    "mandate_options": Unchecked(),
    "verification_method": _VERIFICATION_METHOD,
}
CARD_OPTIONS: Mapping[str, ParameterType] = {
    **dict.fromkeys(("mandate_options", "moto", "network", "setup_credential_usage", "three_d_secure"), Unchecked()),
    "request_three_d_secure": Choice(("any", "automatic", "challenge")),
}
US_BANK_OPTIONS: Mapping[str, ParameterType] = {
    **dict.fromkeys(("financial_connections", "mandate_options", "networks"), Unchecked()),
    "verification_method": _VERIFICATION_METHOD,
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
CONFIRMATION: Mapping[str, ParameterType] = {
    **PAYMENT_METHOD,
    "confirmation_token": Text(),
    "mandate_data": Hash({"customer_acceptance": _ACCEPTANCE}, required=("customer_acceptance",), unsettable=True),
    "return_url": Url(),
    "use_stripe_sdk": Boolean(),
}
RETRIEVE = endpoint_parameters({"client_secret": Text()})
VERIFY_MICRODEPOSITS = endpoint_parameters(
    {"amounts": Array(Integer()), "client_secret": Text(), "descriptor_code": Text()}
)
