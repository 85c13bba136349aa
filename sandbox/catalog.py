"""What the sandbox holds and what its test cards do, in words for people; told from the data itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from sandbox.cards.test_cards import TEMPLATES, Template
from sandbox.fixtures import load
from sandbox.json_objects import Json
from sandbox.operations.confirm_setup_intent import ALWAYS_ASKED, ASKED_ON_DEMAND


class Described(NamedTuple):
    """An object or a test token by its id, and what there is to know of it."""

    id: str
    what: str
    does: str


class Group(NamedTuple):
    """What belongs together, under a name."""

    name: str
    members: Sequence[Described]


GROUPS = {
    "brand": "Brands",
    "co-branded": "Co-branded",
    "decline": "Declined",
    "decline-older-name": "Declined, by their older names",
    "decline-after-attach": "Declined later",
    "3ds": "3-D Secure",
    "fraud": "Checks and risk",
    "country": "Countries",
    "hsa_fsa": "Benefits",
    "dispute": "Disputes",
    "refund": "Refunds",
    "balance": "Balance",
}
"""Names for the groups of the table of test cards, in the order in which people look for them."""

_ABOUT_PAYMENTS = ("decline-after-attach", "fraud", "dispute", "refund", "balance")
_SPELLINGS = {
    "amex": "American Express",
    "cashapp": "Cash App",
    "diners": "Diners Club",
    "eftpos_au": "eftpos Australia",
    "jcb": "JCB",
    "paypal": "PayPal",
    "sepa_debit": "SEPA Direct Debit",
    "unionpay": "UnionPay",
    "us_bank_account": "US bank account",
}


def object_groups() -> Sequence[Group]:
    """The objects of a fresh sandbox: customers, methods that wait to be attached, the others, subscriptions."""
    customers, methods = load("customers"), load("payment_methods")
    names = {body["id"]: body.get("name", body["id"]) for body in customers}
    free = [row for row in methods if row["object"]["customer"] is None]
    attached = [row for row in methods if row["object"]["customer"] is not None]
    return (
        Group("Customers", [_customer(body, attached) for body in customers]),
        Group("Payment methods of nobody", [_method(row, names) for row in free]),
        Group("Payment methods in wallets", [_method(row, names) for row in attached]),
        Group("Subscriptions", [_subscription(body, names) for body in load("subscriptions")]),
    )


def card_groups() -> Sequence[Group]:
    """The test cards by their tokens, and what the sandbox does with each."""
    groups = dict.fromkeys([*GROUPS, *(card.group for card in TEMPLATES.values())])
    return [
        Group(
            GROUPS.get(group, group),
            [Described(card.token, _kind(card), _fate(card)) for card in TEMPLATES.values() if card.group == group],
        )
        for group in groups
    ]


def _customer(body: Json, attached: Sequence[Json]) -> Described:
    if body.get("deleted"):
        return Described(body["id"], "deleted", "its methods still name it")
    methods = {row["object"]["id"]: row["object"] for row in attached if row["object"]["customer"] == body["id"]}
    default = methods.get(body["invoice_settings"]["default_payment_method"])
    count = f"{len(methods)} payment method{'' if len(methods) == 1 else 's'}"
    return Described(body["id"], body["name"], f"{count}, the default {_name(default)}" if default else count)


def _method(row: Json, names: Mapping[str, str]) -> Described:
    return Described(row["object"]["id"], _name(row["object"]), "; ".join(_particulars(row, names)))


def _particulars(row: Json, names: Mapping[str, str]) -> Iterator[str]:
    body = row["object"]
    template = TEMPLATES.get(row.get("token", ""))
    if body["customer"] is not None:
        yield f"of {names[body['customer']]}"
    elif row.get("spent"):
        yield "detached once, and spent for good"
    else:
        yield f"when it is attached: {_fate(template) if template is not None else 'saved'}"
    yield from _failed(body.get("card", {}).get("checks") or {})


def _name(body: Json) -> str:
    """As a wallet would show it."""
    details = body.get(body["type"]) or {}
    brand = details.get("display_brand") or details.get("brand") or body["type"]
    last4 = f" •••• {details['last4']}" if details.get("last4") else ""
    wallet = f", {_spelled(details['wallet']['type'])}" if details.get("wallet") else ""
    return f"{_spelled(brand)}{last4}{wallet}"


def _subscription(body: Json, names: Mapping[str, str]) -> Described:
    pays = body["default_payment_method"] or "the default"
    return Described(body["id"], body["status"], f"of {names[body['customer']]}, paid by {pays}")


def _kind(card: Template) -> str:
    return f"{_spelled(card.brand)} {card.funding} •••• {card.number[-4:]}, {card.country}"


def _fate(card: Template) -> str:
    """What becomes of a card when it is attached, and when it is set up where that is another thing."""
    if card.decline is not None:
        return f"declined: {card.decline}"
    particulars = [*_networks(card), *_failed(card.checks), *_asked(card)]
    if card.group in _ABOUT_PAYMENTS and not particulars:
        return "saved; what it is for shows in payments, which are not played"
    return "; ".join(["saved", *particulars])


def _networks(card: Template) -> Iterator[str]:
    if card.networks:
        yield f"networks {' and '.join(map(_spelled, card.networks))}"


def _failed(checks: Mapping[str, str | None]) -> Iterator[str]:
    for name, result in checks.items():
        if result not in ("pass", "unchecked", None):
            yield f"{name} {result}"


def _asked(card: Template) -> Iterator[str]:
    if card.three_d_secure in ALWAYS_ASKED:
        yield "a SetupIntent asks for 3-D Secure"
    elif card.three_d_secure in ASKED_ON_DEMAND:
        yield "a SetupIntent asks for 3-D Secure on demand"
    if card.setup_decline is not None:
        asked = card.three_d_secure in ASKED_ON_DEMAND
        yield f"{'then' if asked else 'a SetupIntent is'} declined: {card.setup_decline}"


def _spelled(name: str) -> str:
    return _SPELLINGS.get(name, name.replace("_", " ").title())
