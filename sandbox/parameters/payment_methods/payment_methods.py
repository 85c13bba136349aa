"""Parameters of the payment method endpoints, and of `payment_method_data`."""

from collections.abc import Mapping

from sandbox.parameters.customers.customers import ADDRESS, CUSTOMER
from sandbox.parameters.lists import PAGINATION
from sandbox.parameters.payment_methods.payment_method_types import CREATABLE, LISTABLE, TYPES, US_BANK_ACCOUNT_UPDATES
from sandbox.parameters.types import (
    Choice,
    Country,
    Email,
    Hash,
    Integer,
    Metadata,
    ParameterType,
    Text,
    Unchecked,
    endpoint_parameters,
)

_ALLOW_REDISPLAY = Choice(("always", "limited", "unspecified"))
_BILLING_DETAILS = Hash(
    {
        "address": Hash({**ADDRESS, "country": Country(unsettable=True)}, unsettable=True),
        "email": Email(unsettable=True),
        "name": Text(unsettable=True),
        "phone": Text(unsettable=True),
        "tax_id": Text(unsettable=True),
    }
)
_NETWORKS = ("cartes_bancaires", "mastercard", "visa")
_EXPIRY: Mapping[str, ParameterType] = {"exp_month": Integer(), "exp_year": Integer()}
_CARD: Mapping[str, ParameterType] = {
    **_EXPIRY,
    **dict.fromkeys(("cvc", "number", "token"), Text()),
    "networks": Hash({"preferred": Choice(_NETWORKS)}),
}
_CARD_UPDATE = {**_EXPIRY, "networks": Hash({"preferred": Choice(_NETWORKS, unsettable=True)})}
_FILTERS: Mapping[str, ParameterType] = {**PAGINATION, "allow_redisplay": _ALLOW_REDISPLAY, "type": Choice(LISTABLE)}

# What a payment method is created from, at its own endpoint and as `payment_method_data`.
DATA: Mapping[str, ParameterType] = {
    **{name: type.parameters for name, type in TYPES.items()},
    "allow_redisplay": _ALLOW_REDISPLAY,
    "billing_details": _BILLING_DETAILS,
    "card": Hash(_CARD),
    "interac_present": Unchecked(),
    "metadata": Metadata(),
    "radar_options": Hash({"session": Text()}),
    "type": Choice(CREATABLE),
}
PAYMENT_METHOD: Mapping[str, ParameterType] = {"payment_method": Text(), "payment_method_data": Hash(DATA)}
CREATE = endpoint_parameters({**DATA, "customer": Text(), "payment_method": Text()})
UPDATE = endpoint_parameters(
    {
        "allow_redisplay": _ALLOW_REDISPLAY,
        "billing_details": _BILLING_DETAILS,
        "card": Hash(_CARD_UPDATE),
        "metadata": Metadata(),
        "us_bank_account": Hash(US_BANK_ACCOUNT_UPDATES),
    }
)
ATTACH = endpoint_parameters(CUSTOMER)
LIST = endpoint_parameters({**_FILTERS, **CUSTOMER})
LIST_OF_CUSTOMER = endpoint_parameters(_FILTERS)
