"""`expand[]`: an id in an answer gives way to the whole object, down to four levels."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from sandbox.errors import ParameterError
from sandbox.json_objects import Json
from sandbox.objects.records import Collection
from sandbox.state.store import Store

DEEPEST = 4

Tree: TypeAlias = "dict[str, Tree]"


@dataclass(frozen=True)
class Place:
    """A member that may be expanded. `whole` finds what is to stand there; `target` says how to go on inside it."""

    whole: Callable[[Store, Json, Any], Any] = lambda store, owner, value: value
    target: str | None = None


def _found(collection: Callable[[Store], Collection[Any]]) -> Callable[[Store, Json, Any], Any]:
    def whole(store: Store, owner: Json, id: str | None) -> Any:
        record = collection(store).get(id) if id else None
        return record.body if record else id

    return whole


def _empty_list(name: str) -> Callable[[Store, Json, Any], Json]:
    return lambda store, owner, value: {
        "object": "list",
        "data": [],
        "has_more": False,
        "url": f"/v1/customers/{owner['id']}/{name}",
    }


def _subscriptions(store: Store, owner: Json, value: Any) -> Json:
    mine = [subscription.body for subscription in store.subscriptions.newest_first()]
    return {
        "object": "list",
        "data": [body for body in mine if body["customer"] == owner["id"] and body["status"] != "canceled"],
        "has_more": False,
        "url": f"/v1/customers/{owner['id']}/subscriptions",
    }


_CUSTOMER = Place(_found(lambda store: store.customers), "customer")
_PAYMENT_METHOD = Place(_found(lambda store: store.payment_methods), "payment_method")
_SETUP_ATTEMPT = Place(_found(lambda store: store.setup_attempts), "setup_attempt")
_SETUP_INTENT = Place(_found(lambda store: store.setup_intents), "setup_intent")
_NO_LOCATION = {"automatic_tax": "unrecognized_location", "ip_address": None, "location": None, "provider": "stripe"}

_OBJECTS: dict[str, dict[str, Place]] = {
    "payment_method": {"customer": _CUSTOMER},
    "customer": {
        "cash_balance": Place(),
        "default_source": Place(),
        "invoice_settings.default_payment_method": _PAYMENT_METHOD,
        "sources": Place(_empty_list("sources")),
        "subscriptions": Place(_subscriptions, "subscription_list"),
        "tax": Place(lambda store, owner, value: _NO_LOCATION),
        "tax_ids": Place(_empty_list("tax_ids")),
        "test_clock": Place(),
    },
    "setup_attempt": {
        **dict.fromkeys(("application", "on_behalf_of"), Place()),
        "customer": _CUSTOMER,
        "payment_method": _PAYMENT_METHOD,
        "setup_intent": _SETUP_INTENT,
    },
    "setup_intent": {
        **dict.fromkeys(("application", "mandate", "on_behalf_of", "single_use_mandate"), Place()),
        "customer": _CUSTOMER,
        "latest_attempt": _SETUP_ATTEMPT,
        "payment_method": _PAYMENT_METHOD,
    },
    # What a payer's device may expand: nothing that leads on to the customer.
    "public_setup_intent": {"payment_method": Place(_PAYMENT_METHOD.whole)},
    "subscription": {
        **dict.fromkeys(("application", "default_source", "latest_invoice", "on_behalf_of", "schedule"), Place()),
        "customer": _CUSTOMER,
        "default_payment_method": _PAYMENT_METHOD,
        "pending_setup_intent": _SETUP_INTENT,
        "test_clock": Place(),
    },
}
_LISTS = {f"{name}_list": {f"data.{path}": p for path, p in places.items()} for name, places in _OBJECTS.items()}
_PLACES: Mapping[str, Mapping[str, Place]] = _OBJECTS | _LISTS


def plan(paths: Iterable[str], name: str) -> Tree:
    """Returns what is to be expanded in an answer of that name. Raises for a path that cannot be."""
    tree: Tree = {}
    for path in paths:
        _check(path, name)
        branch = tree
        for step in path.split("."):
            branch = branch.setdefault(step, {})
    return tree


def expanded(store: Store, value: Any, tree: Tree, name: str, at: str = "") -> Any:
    """Returns a copy of the answer with the plan carried out; the store's own bodies stay as they are."""
    if isinstance(value, list):
        return [expanded(store, item, tree, name, at) for item in value]
    if not isinstance(value, dict) or value.get("deleted"):
        return value
    return value | {step: _member(store, value, step, below, name, at) for step, below in tree.items()}


def _member(store: Store, owner: Json, step: str, below: Tree, name: str, at: str) -> Any:
    path = f"{at}.{step}" if at else step
    place = _PLACES[name].get(path)
    if place is None:
        return expanded(store, owner.get(step), below, name, path)
    whole = place.whole(store, owner, owner.get(step))
    return expanded(store, whole, below, place.target) if place.target else whole


def _check(path: str, name: str) -> None:
    steps = path.split(".")
    if len(steps) > DEEPEST:
        raise ParameterError(f"You cannot expand more than {DEEPEST} levels of a property ({path}).")
    if not _reachable(steps, name):
        hint = f" You may want to try data.{path} instead." if _reachable(["data", *steps], name) else ""
        raise ParameterError(f"This property cannot be expanded ({path}).{hint}")


def _reachable(steps: list[str], name: str | None) -> bool:
    if not steps:
        return True
    for path, place in _PLACES.get(name or "", {}).items():
        length = path.count(".") + 1
        if ".".join(steps[:length]) == path and _reachable(steps[length:], place.target):
            return True
    return False
