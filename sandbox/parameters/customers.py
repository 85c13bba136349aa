"""What the endpoints of customers accept."""

from collections.abc import Mapping

from sandbox.parameters.types import (
    ADDRESS,
    OPTIONAL_ADDRESS,
    PAGING,
    TIMES,
    Anything,
    Array,
    Boolean,
    Choice,
    Email,
    Hash,
    Integer,
    Kind,
    Metadata,
    Text,
    parameters,
)

_CUSTOM_FIELD = Hash({"name": Text(limit=40), "value": Text(limit=140)}, required=("name", "value"))
RENDERING_OPTIONS: Mapping[str, Kind] = {
    "amount_tax_display": Choice(("exclude_tax", "include_inclusive_tax"), unset=True),
    "template": Text(unset=True),
}
INVOICE_SETTINGS = Hash(
    {
        "custom_fields": Array(_CUSTOM_FIELD, unset=True),
        "default_payment_method": Text(unset=True),
        "footer": Text(unset=True),
        "rendering_options": Hash(RENDERING_OPTIONS, unset=True),
    }
)
_SHIPPING = Hash(
    {"address": ADDRESS, "name": Text(), "phone": Text(unset=True)}, required=("address", "name"), unset=True
)
# Members that are shown as they were given.
PLAIN: Mapping[str, Kind] = {
    "balance": Integer(),
    "business_name": Text(limit=150, unset=True),
    "description": Text(unset=True),
    "email": Email(unset=True),
    "individual_name": Text(limit=150, unset=True),
    "invoice_prefix": Text(limit=12),
    "name": Text(limit=256, unset=True),
    "next_invoice_sequence": Integer(low=1),
    "phone": Text(limit=20, unset=True),
    "preferred_locales": Array(Text(), unset=True),
    "tax_exempt": Choice(("exempt", "none", "reverse"), unset=True),
}
# Cards and bank accounts of before PaymentMethods: those of the seed can be chosen, no others can be made.
SOURCES = ("bank_account", "card", "source")
DEFAULT_SOURCES = ("default_alipay_account", "default_bank_account", "default_card")
_WRITABLE: Mapping[str, Kind] = {
    **PLAIN,
    **dict.fromkeys(("cash_balance", "source", "tax"), Anything()),
    "address": OPTIONAL_ADDRESS,
    "invoice_settings": INVOICE_SETTINGS,
    "metadata": Metadata(),
    "shipping": _SHIPPING,
    "validate": Boolean(),
}

CREATE = parameters({**_WRITABLE, "payment_method": Text(), "tax_id_data": Anything(), "test_clock": Text()})
UPDATE = parameters({**_WRITABLE, **dict.fromkeys((*SOURCES, *DEFAULT_SOURCES, "default_source"), Anything())})
RETRIEVE = parameters()
DELETE = parameters()
LIST = parameters({**PAGING, "created": TIMES, "email": Text(limit=512), "test_clock": Text()})
