"""Test cards: a token such as `pm_card_visa` is a template, and every mention of it makes a new card."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sandbox.fixtures import load
from sandbox.json_objects import Json

DISPLAY_BRANDS = {
    "amex": "american_express",
    "diners": "diners_club",
    "eftpos_au": "eftpos_australia",
    "unionpay": "union_pay",
}
# All copies of one number share a fingerprint; this one is published with Stripe's examples.
_FINGERPRINTS = {"4242424242424242": "mToisGZ01V71BCos"}


@dataclass(frozen=True, slots=True)
class Template:
    """One row of Stripe's table of test cards.

    `checks` are what the issuer finds, beyond a matching CVC; `decline` is why it declines wherever it is asked,
    `setup_decline` why it does when a SetupIntent has come past authentication.
    """

    token: str
    group: str
    brand: str
    number: str
    country: str = "US"
    funding: str = "credit"
    networks: tuple[str, ...] = ()
    checks: Mapping[str, str] = field(default_factory=dict)
    decline: str | None = None
    three_d_secure: str | None = None
    setup_decline: str | None = None


TEMPLATES: Mapping[str, Template] = {row["token"]: Template(**row) for row in load("test_cards")}


def from_card_token(token: str) -> Template | None:
    """Returns the template behind `tok_…`, the older spelling that `card[token]` takes."""
    return TEMPLATES.get(f"pm_card_{token.removeprefix('tok_')}") if token.startswith("tok_") else None


def card(template: Template, now: int) -> Json:
    """Returns the `card` object of a method made from the template, not yet seen by its issuer."""
    today = datetime.fromtimestamp(now, UTC)
    return {
        "brand": template.brand,
        "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "unchecked"},
        "country": template.country,
        "display_brand": display_brand(template.brand),
        "exp_month": today.month,
        "exp_year": today.year + 1,
        "fingerprint": fingerprint(template.number),
        "funding": template.funding,
        "generated_from": None,
        "last4": template.number[-4:],
        "networks": {"available": list(template.networks or [template.brand]), "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": template.three_d_secure != "not_supported"},
        "wallet": None,
    }


def display_brand(brand: str) -> str:
    """Returns the brand in the other spelling that `display_brand` has."""
    return DISPLAY_BRANDS.get(brand, brand)


def fingerprint(number: str) -> str:
    """Returns the sixteen characters that stand for an account or card number."""
    digest = hashlib.sha256(f"fingerprint of {number}".encode()).digest()
    letters = base64.b64encode(digest).decode().translate(str.maketrans("", "", "+/="))
    return _FINGERPRINTS.get(number, letters[:16])
