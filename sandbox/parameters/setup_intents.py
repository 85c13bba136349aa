"""What the endpoints of SetupIntents accept."""

from collections.abc import Mapping

from sandbox.operations.create_payment_method import DATA
from sandbox.parameters.payment_method_types import CREATABLE
from sandbox.parameters.types import (
    PAGING,
    TIMES,
    Anything,
    Array,
    Boolean,
    Choice,
    Hash,
    Integer,
    Kind,
    Metadata,
    Text,
    Url,
    parameters,
)

_TYPES = Array(Choice(CREATABLE))
# Link cannot be left out this way.
_EXCLUDABLE = Choice(tuple(name for name in CREATABLE if name not in ("custom", "link")))
_CARD_OPTIONS: Mapping[str, Kind] = {
    **dict.fromkeys(("mandate_options", "moto", "network", "setup_credential_usage", "three_d_secure"), Anything()),
    "request_three_d_secure": Choice(("any", "automatic", "challenge")),
}
_OPTIONS = Hash({**dict.fromkeys((*CREATABLE, "card_present"), Anything()), "card": Hash(_CARD_OPTIONS)})
_METHOD: Mapping[str, Kind] = {
    "confirmation_token": Text(),
    "payment_method": Text(),
    "payment_method_data": Hash(DATA),
    "payment_method_options": _OPTIONS,
}
_ACCEPTANCE = Hash(
    {
        "accepted_at": Integer(),
        "offline": Anything(),
        "online": Hash(
            {"infer_from_client": Boolean(), "ip_address": Text(), "user_agent": Text()},
            unset=True,
        ),
        "type": Choice(("offline", "online")),
    },
    required=("type",),
)
_CONFIRMATION: Mapping[str, Kind] = {
    **_METHOD,
    "mandate_data": Hash({"customer_acceptance": _ACCEPTANCE}, required=("customer_acceptance",), unset=True),
    "return_url": Url(),
    "use_stripe_sdk": Boolean(),
}
_DESCRIPTION: Mapping[str, Kind] = {
    "attach_to_self": Boolean(),
    "customer": Text(),
    "customer_account": Text(),
    "description": Text(limit=1000, unset=True),
    "excluded_payment_method_types": Array(_EXCLUDABLE, unset=True),
    "flow_directions": Anything(),
    "metadata": Metadata(),
    "payment_method_configuration": Text(limit=100),
}

CREATE = parameters(
    {
        **_CONFIRMATION,
        **_DESCRIPTION,
        "allowed_payment_method_types": _TYPES,
        "automatic_payment_methods": Hash(
            {"allow_redirects": Choice(("always", "never")), "enabled": Boolean()}, required=("enabled",)
        ),
        "confirm": Boolean(),
        "on_behalf_of": Text(),
        "single_use": Anything(),
        "usage": Choice(("off_session", "on_session")),
    }
)
RETRIEVE = parameters({"client_secret": Text()})
UPDATE = parameters({**_METHOD, **_DESCRIPTION})
CONFIRM = parameters({**_CONFIRMATION, "allowed_payment_method_types": _TYPES, "client_secret": Text()})
CANCEL = parameters({"cancellation_reason": Choice(("abandoned", "duplicate", "requested_by_customer"))})
LIST = parameters(
    {
        **PAGING,
        "attach_to_self": Boolean(),
        "created": TIMES,
        "customer": Text(),
        "customer_account": Text(),
        "payment_method": Text(),
    }
)
