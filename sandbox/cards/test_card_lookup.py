"""Stripe's test cards. A token such as `pm_card_visa` creates a new payment method each time it is used."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sandbox.fixtures import load
from sandbox.json_object import Json

DISPLAY_BRANDS = {
    "amex": "american_express",
    "diners": "diners_club",
    "eftpos_au": "eftpos_australia",
    "unionpay": "union_pay",
}
# The fingerprint in Stripe's published examples. Those of other numbers are derived from the number.
_FINGERPRINTS = {"4242424242424242": "mToisGZ01V71BCos"}
_ALWAYS_3DS = ("already_set_up", "always_required", "required", "required_then_declined", "required_unless_set_up")


@dataclass(frozen=True, slots=True)
class TestCard:
    """One row of Stripe's table of test cards.

    `checks` are the results that differ from the usual ones. The reasons why the issuer declines the card: `decline`
    everywhere, `intent_decline` in an intent after 3-D Secure, and `charge_decline` in a payment.
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
    intent_decline: str | None = None
    charge_decline: str | None = None

    @property
    def always_requires_3ds(self) -> bool:
        """Whether every SetupIntent, and every payment by a customer who is present, needs 3-D Secure."""
        return self.three_d_secure in _ALWAYS_3DS

    @property
    def requires_3ds_on_request(self) -> bool:
        """Whether an intent that requests 3-D Secure needs it."""
        return self.always_requires_3ds or self.three_d_secure == "optional"

    def requires_3ds_off_session(self, *, is_set_up: bool) -> bool:
        """Returns whether a payment without the customer needs 3-D Secure, which makes the issuer decline it."""
        return self.three_d_secure == "always_required" or (
            self.three_d_secure in ("required", "required_unless_set_up") and not is_set_up
        )

    def card_details(self, now: int) -> Json:
        """Returns the `card` object of a new payment method, before the issuer has checked it."""
        today = datetime.fromtimestamp(now, UTC)
        return {
            "brand": self.brand,
            "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "unchecked"},
            "country": self.country,
            "display_brand": display_brand(self.brand),
            "exp_month": today.month,
            "exp_year": today.year + 1,
            "fingerprint": fingerprint(self.number),
            "funding": self.funding,
            "generated_from": None,
            "last4": self.number[-4:],
            "networks": {"available": list(self.networks or [self.brand]), "preferred": None},
            "regulated_status": "unregulated",
            "three_d_secure_usage": {"supported": self.three_d_secure != "not_supported"},
            "wallet": None,
        }


TEST_CARDS: Mapping[str, TestCard] = {row["token"]: TestCard(**row) for row in load("test_cards")}


def card_of_token(token: str) -> TestCard | None:
    """Returns the test card of a `tok_…` token, which `card[token]` accepts."""
    return TEST_CARDS.get(f"pm_card_{token.removeprefix('tok_')}") if token.startswith("tok_") else None


def display_brand(brand: str) -> str:
    """Returns the brand as `display_brand` spells it."""
    return DISPLAY_BRANDS.get(brand, brand)


def fingerprint(number: str) -> str:
    """Returns sixteen characters that identify a card or account number."""
    digest = hashlib.sha256(f"fingerprint of {number}".encode()).digest()
    letters = base64.b64encode(digest).decode().translate(str.maketrans("", "", "+/="))
    return _FINGERPRINTS.get(number, letters[:16])
