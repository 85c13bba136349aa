"""What the card's issuer says when a method is first saved: the checks, or a decline."""

from collections.abc import Mapping

from sandbox.cards.test_cards import Template
from sandbox.errors import CardError
from sandbox.fixtures import load
from sandbox.json_objects import Json

_DECLINES: Mapping[str, Mapping[str, str]] = load("declines")
# Which card error a failed check becomes on an account whose Radar rules refuse such cards.
_REFUSED_CHECKS = {"cvc_check": "incorrect_cvc", "address_postal_code_check": "incorrect_zip"}


def decline(reason: str) -> CardError:
    """Returns the card error of one row of the decline table. `param` is an empty string where none fits."""
    row = _DECLINES[reason]
    details = {name: text for name, text in row.items() if name not in ("code", "message", "param")}
    return CardError(row["message"], code=row["code"], param=row.get("param", ""), **details)


def examine(method: Json, template: Template | None, *, refuse_failed_checks: bool) -> Json:
    """Returns the method as it is once its issuer has looked at it. Raises CardError when declined."""
    if template and template.decline:
        raise decline(template.decline)
    if "card" not in method:
        return method
    checks = _checked(method, template)
    if refuse_failed_checks:
        _refuse_failures(checks)
    return {**method, "card": {**method["card"], "checks": checks}}


def _checked(method: Json, template: Template | None) -> Json:
    checks = dict(method["card"]["checks"] or {})
    address = method["billing_details"]["address"]
    if checks.get("cvc_check") == "unchecked":
        checks["cvc_check"] = "pass"
    for check, member in (("address_line1_check", "line1"), ("address_postal_code_check", "postal_code")):
        if checks.get(check) is None and address[member]:
            checks[check] = "pass"
    return checks | dict(template.checks if template else {})


def _refuse_failures(checks: Json) -> None:
    for check, reason in _REFUSED_CHECKS.items():
        if checks.get(check) == "fail":
            raise decline(reason)
