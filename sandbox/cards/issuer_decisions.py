"""How a card's issuer responds when the card is saved: the results of its checks, or a decline."""

from collections.abc import Mapping

from sandbox.cards.test_card_lookup import TestCard
from sandbox.errors import CardError
from sandbox.fixtures import load
from sandbox.json_object import Json

_DECLINES: Mapping[str, Mapping[str, str]] = load("declines")
# The decline for each failed check, in an account whose Radar rules refuse such cards.
_REFUSED_CHECKS = {"cvc_check": "incorrect_cvc", "address_postal_code_check": "incorrect_zip"}


def decline_error(reason: str) -> CardError:
    """Returns the error for a decline reason. Its `param` is an empty string if no parameter caused the decline."""
    row = _DECLINES[reason]
    details: Json = {name: text for name, text in row.items() if name not in ("code", "message", "param")}
    return CardError(row["message"], code=row["code"], param=row.get("param", ""), **details)


def check_card(body: Json, card: TestCard | None, *, refuse_failed_checks: bool) -> Json:
    """Returns the payment method's body with the issuer's check results. Raises CardError if it declines."""
    if card and card.decline:
        raise decline_error(card.decline)
    if "card" not in body:
        return body
    checks = _check_results(body, card)
    if refuse_failed_checks:
        _refuse_failed(checks)
    return {**body, "card": {**body["card"], "checks": checks}}


def _check_results(body: Json, card: TestCard | None) -> Json:
    checks = dict(body["card"]["checks"] or {})
    address = body["billing_details"]["address"]
    if checks.get("cvc_check") == "unchecked":
        checks["cvc_check"] = "pass"
    for check, member in (("address_line1_check", "line1"), ("address_postal_code_check", "postal_code")):
        if checks.get(check) is None and address[member]:
            checks[check] = "pass"
    return checks | dict(card.checks if card else {})


def _refuse_failed(checks: Json) -> None:
    for check, reason in _REFUSED_CHECKS.items():
        if checks.get(check) == "fail":
            raise decline_error(reason)
