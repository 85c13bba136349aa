"""The upstream's fixed response bodies: complete and distinct Stripe objects."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from quality.benchmarks import type_bodies
from quality.harness import builders

CUSTOMER = "cus_T4qv4Qn42jKZ9G"
CUSTOMER_WITH_ALL_TYPES = "cus_T4qvAllTypes9G"
"""The customer with payment methods of all types."""

UNATTACHED = "pm_1SdJLRLkdIwHu7ixLYEvvnHN"
LONGEST_PAGE = 100
_NEWEST_CREATED = 1_760_000_000

_BRANDS = (
    ("visa", "visa", ("visa",)),
    ("mastercard", "mastercard", ("mastercard",)),
    ("amex", "american_express", ("amex",)),
    ("visa", "cartes_bancaires", ("visa", "cartes_bancaires")),
    ("discover", "discover", ("discover",)),
)
_ADDRESS = {
    "city": "Paris",
    "country": "FR",
    "line1": "12 Rue des Martyrs",
    "line2": "Apt 3",
    "postal_code": "75009",
    "state": "Ile-de-France",
}
_OWNER = {"email": "amara.okafor@example.com", "name": "Amara Okafor", "phone": "+33123456789", "tax_id": None}


def payment_method(number: int) -> dict[str, Any]:
    """A payment method of the customer, 0 is the newest. One in ten has expired, one in four is an Apple Pay card."""
    brand, display_brand, networks = _BRANDS[number % len(_BRANDS)]
    card = builders.card(
        brand=brand,
        checks={"address_line1_check": "pass", "address_postal_code_check": "unchecked", "cvc_check": "pass"},
        display_brand=display_brand,
        exp_month=number % 12 + 1,
        exp_year=2024 if number % 10 == 9 else 2041 + number % 5,
        fingerprint=f"Fp{number:014d}",
        funding=("credit", "debit", "prepaid")[number % 3],
        generated_from={"charge": None, "payment_method_details": None, "setup_attempt": f"setatt_{number:024d}"},
        last4=f"{4242 + 7 * number:04d}"[-4:],
        networks={"available": list(networks), "preferred": networks[-1] if len(networks) > 1 else None},
        wallet={"dynamic_last4": f"{number:04d}", "type": "apple_pay"} if number % 4 == 0 else None,
    )
    return builders.payment_method(
        f"pm_1Sd{number:05d}LkdIwHu7ix{number:08d}",
        billing_details={"address": _ADDRESS, **_OWNER},
        card=card,
        created=_NEWEST_CREATED - 86_400 * number,
        customer=CUSTOMER,
        metadata={} if number % 2 else {"order": str(6735 + number)},
    )


def attached() -> dict[str, Any]:
    """The response to an attach: a card without null fields, except fields that exclude each other."""
    return {**payment_method(0), "id": UNATTACHED}


def page(limit: int) -> dict[str, Any]:
    """The first `limit` of the customer's hundred payment methods."""
    return {
        "object": "list",
        "data": [payment_method(number) for number in range(limit)],
        "has_more": limit < LONGEST_PAGE,
        "url": f"/v1/customers/{CUSTOMER}/payment_methods",
    }


def page_of_all_types() -> dict[str, Any]:
    """The payment methods of CUSTOMER_WITH_ALL_TYPES: one of each type."""
    methods = [
        builders.payment_method(
            f"pm_1Se{number:05d}LkdIwHu7ix{number:08d}",
            billing_details={"address": _ADDRESS, **_OWNER},
            created=_NEWEST_CREATED - 86_400 * number,
            customer=CUSTOMER_WITH_ALL_TYPES,
            **type_bodies.members(kind, number),
        )
        for number, kind in enumerate(type_bodies.ALL_KINDS)
    ]
    url = f"/v1/customers/{CUSTOMER_WITH_ALL_TYPES}/payment_methods"
    return {"object": "list", "data": methods, "has_more": False, "url": url}


def customer(*, expanded: bool) -> dict[str, Any]:
    """The customer. The default is the fourth payment method, as an object if `expanded`, otherwise as an id."""
    default = payment_method(3)
    return builders.customer(
        CUSTOMER,
        address=_ADDRESS,
        currency="eur",
        customer_account=None,
        delinquent=False,
        description="Has a hundred cards",
        email="amara.okafor@example.com",
        invoice_settings={
            "custom_fields": None,
            "default_payment_method": default if expanded else default["id"],
            "footer": None,
            "rendering_options": None,
        },
        name="Amara Okafor",
        phone="+33123456789",
        preferred_locales=["fr-FR", "en"],
        shipping={"address": _ADDRESS, "carrier": None, "name": "Amara Okafor", "phone": None, "tracking_number": None},
        tax_exempt="none",
    )


def encode(body: dict[str, Any]) -> str:
    """Compact JSON, like the sandbox's."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def write(folder: Path) -> None:
    """Write all bodies to files: `attached`, `all-types`, `customer`, `customer-expanded`, `page-1` to `page-100`."""
    (folder / "customer.json").write_text(encode(customer(expanded=False)))
    (folder / "customer-expanded.json").write_text(encode(customer(expanded=True)))
    (folder / "all-types.json").write_text(encode(page_of_all_types()))
    (folder / "attached.json").write_text(encode(attached()))
    for limit in range(1, LONGEST_PAGE + 1):
        (folder / f"page-{limit}.json").write_text(encode(page(limit)))
