"""Describes the seeded objects and the test cards in words, for the service's start page."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from sandbox.cards.test_card_lookup import TEST_CARDS, TestCard
from sandbox.fixtures import load
from sandbox.json_object import Json


class CatalogEntry(NamedTuple):
    """An object or a test token: its id, its description and its special behaviour."""

    id: str
    summary: str
    details: str


class CatalogGroup(NamedTuple):
    """Related entries under a title."""

    title: str
    entries: Sequence[CatalogEntry]


_LABELS = load("labels")
# Titles of the groups of test cards. The groups that people need most come first.
GROUPS: Mapping[str, str] = _LABELS["card_groups"]

_AFTER_PAYMENTS = ("fraud", "dispute", "refund", "balance")


def object_groups() -> Sequence[CatalogGroup]:
    """Returns the objects of a new sandbox: customers, payment methods, subscriptions and connected accounts."""
    customers, methods = load("customers"), load("payment_methods")
    names = {body["id"]: body.get("name", body["id"]) for body in customers}
    unattached = [row for row in methods if row["object"]["customer"] is None]
    attached = [row for row in methods if row["object"]["customer"] is not None]
    return (
        CatalogGroup("Customers", [_customer(body, attached) for body in customers]),
        CatalogGroup("Unattached payment methods", [_payment_method(row, names) for row in unattached]),
        CatalogGroup("Attached payment methods", [_payment_method(row, names) for row in attached]),
        CatalogGroup("Subscriptions", [_subscription(body, names) for body in load("subscriptions")]),
        CatalogGroup("Connected accounts", [_connected_account(body) for body in load("connected_accounts")]),
    )


def card_groups() -> Sequence[CatalogGroup]:
    """Returns the test cards by token, and how the sandbox handles each."""
    groups = dict.fromkeys([*GROUPS, *(card.group for card in TEST_CARDS.values())])
    return [
        CatalogGroup(GROUPS.get(group, group), [_card(card) for card in TEST_CARDS.values() if card.group == group])
        for group in groups
    ]


def _card(card: TestCard) -> CatalogEntry:
    summary = f"{_spelled(card.brand)} {card.funding} •••• {card.number[-4:]}, {card.country}"
    return CatalogEntry(card.token, summary, _outcome(card))


def _customer(body: Json, attached: Sequence[Json]) -> CatalogEntry:
    if body.get("deleted"):
        return CatalogEntry(body["id"], "deleted", "its payment methods keep its id")
    methods = {row["object"]["id"]: row["object"] for row in attached if row["object"]["customer"] == body["id"]}
    default = methods.get(body["invoice_settings"]["default_payment_method"])
    count = f"{len(methods)} payment method{'' if len(methods) == 1 else 's'}"
    return CatalogEntry(body["id"], body["name"], f"{count}, default: {_label(default)}" if default else count)


def _payment_method(row: Json, names: Mapping[str, str]) -> CatalogEntry:
    return CatalogEntry(row["object"]["id"], _label(row["object"]), "; ".join(_method_details(row, names)))


def _method_details(row: Json, names: Mapping[str, str]) -> Iterator[str]:
    body = row["object"]
    card = TEST_CARDS.get(row.get("token", ""))
    if body["customer"] is not None:
        yield f"of {names[body['customer']]}"
    elif row.get("unusable"):
        yield "detached, so it can't be used again"
    else:
        yield f"when attached: {_outcome(card) if card is not None else 'saved'}"
    yield from _failed_checks(body.get("card", {}).get("checks") or {})


def _label(body: Json) -> str:
    """Returns the label that a wallet would show."""
    details = body.get(body["type"]) or {}
    brand = details.get("display_brand") or details.get("brand") or body["type"]
    last4 = f" •••• {details['last4']}" if details.get("last4") else ""
    wallet = f", {_spelled(details['wallet']['type'])}" if details.get("wallet") else ""
    return f"{_spelled(brand)}{last4}{wallet}"


def _subscription(body: Json, names: Mapping[str, str]) -> CatalogEntry:
    method = body["default_payment_method"] or "the default"
    return CatalogEntry(body["id"], body["status"], f"of {names[body['customer']]}, paid by {method}")


def _connected_account(body: Json) -> CatalogEntry:
    objects = (*body["customers"], *(row["object"] for row in body["payment_methods"]), *body["subscriptions"])
    return CatalogEntry(body["id"], body["name"], f"has {', '.join(one['id'] for one in objects)}")


def _outcome(card: TestCard) -> str:
    """Returns what happens when the card is attached, and what else happens in a SetupIntent."""
    if card.decline is not None:
        return f"declined: {card.decline}"
    details = [*_networks(card), *_failed_checks(card.checks), *_setup(card)]
    if card.charge_decline is not None:
        details.append(f"a payment is declined: {card.charge_decline}")
    if card.group in _AFTER_PAYMENTS and not details:
        return "saved; it differs only after payments, in what the sandbox does not imitate"
    return "; ".join(["saved", *details])


def _networks(card: TestCard) -> Iterator[str]:
    if card.networks:
        yield f"networks {' and '.join(map(_spelled, card.networks))}"


def _failed_checks(checks: Mapping[str, str | None]) -> Iterator[str]:
    for name, result in checks.items():
        if result not in ("pass", "unchecked", None):
            yield f"{name} {result}"


def _setup(card: TestCard) -> Iterator[str]:
    if card.always_requires_3ds:
        yield "an intent requires 3-D Secure"
    elif card.requires_3ds_on_request:
        yield "an intent requires 3-D Secure on request"
    if card.intent_decline is not None:
        yield f"{'then' if card.requires_3ds_on_request else 'an intent is'} declined: {card.intent_decline}"


def _spelled(name: str) -> str:
    return str(_LABELS["brands"].get(name, name.replace("_", " ").title()))
