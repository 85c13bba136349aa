"""Parameters of the customer endpoints."""

from collections.abc import Mapping

from sandbox.parameters.lists import CREATED, PAGINATION
from sandbox.parameters.types import (
    Array,
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

# How a parameter names a customer: by its id, or by that of its Account.
CUSTOMER: Mapping[str, ParameterType] = {"customer": Text(), "customer_account": Text()}
ADDRESS: Mapping[str, ParameterType] = dict.fromkeys(
    ("city", "country", "line1", "line2", "postal_code", "state"), Text(unsettable=True)
)
_CUSTOM_FIELD = Hash({"name": Text(limit=40), "value": Text(limit=140)}, required=("name", "value"))
RENDERING_OPTIONS: Mapping[str, ParameterType] = {
    "amount_tax_display": Choice(("exclude_tax", "include_inclusive_tax"), unsettable=True),
    "template": Text(unsettable=True),
}
INVOICE_SETTINGS = Hash(
    {
        "custom_fields": Array(_CUSTOM_FIELD, unsettable=True),
        "default_payment_method": Text(unsettable=True),
        "footer": Text(unsettable=True),
        "rendering_options": Hash(RENDERING_OPTIONS, unsettable=True),
    }
)
SHIPPING = Hash(
    {"address": Hash(ADDRESS), "name": Text(), "phone": Text(unsettable=True)},
    required=("address", "name"),
    unsettable=True,
)
# Parameters that become members of the same name, unchanged.
COPIED: Mapping[str, ParameterType] = {
    "balance": Integer(),
    "business_name": Text(limit=150, unsettable=True),
    "description": Text(unsettable=True),
    "email": Email(unsettable=True),
    "individual_name": Text(limit=150, unsettable=True),
    "invoice_prefix": Text(limit=12),
    "name": Text(limit=256, unsettable=True),
    "next_invoice_sequence": Integer(minimum=1),
    "phone": Text(limit=20, unsettable=True),
    "preferred_locales": Array(Text(), unsettable=True),
    "tax_exempt": Choice(("exempt", "none", "reverse"), unsettable=True),
}
# Sources are the cards and bank accounts of before PaymentMethods. Seeded ones can be used, none can be created.
SOURCES = ("bank_account", "card", "source")
DEFAULT_SOURCES = ("default_alipay_account", "default_bank_account", "default_card")
_WRITABLE: Mapping[str, ParameterType] = {
    **COPIED,
    **dict.fromkeys(("cash_balance", "source", "tax"), Unchecked()),
    "address": Hash(ADDRESS, unsettable=True),
    "invoice_settings": INVOICE_SETTINGS,
    "metadata": Metadata(),
    "shipping": SHIPPING,
    "validate": Boolean(),
}

CREATE = endpoint_parameters({**_WRITABLE, "payment_method": Text(), "tax_id_data": Unchecked(), "test_clock": Text()})
UPDATE = endpoint_parameters(
    {**_WRITABLE, **dict.fromkeys((*SOURCES, *DEFAULT_SOURCES, "default_source"), Unchecked())}
)
LIST = endpoint_parameters({**PAGINATION, "created": CREATED, "email": Text(limit=512), "test_clock": Text()})
