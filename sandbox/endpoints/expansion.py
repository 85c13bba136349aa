"""`expand[]`: replaces an id in a response with the whole object, up to four levels deep."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from sandbox.errors import ParameterError
from sandbox.json_object import Json
from sandbox.objects.payment_methods.payment_method import public_body
from sandbox.parameters.payment_methods.payment_method_types import SAVED_AS_SEPA_DEBIT
from sandbox.state.collection import Collection
from sandbox.state.store import Store

MAX_DEPTH = 4

Expansions: TypeAlias = "dict[str, Expansions]"


@dataclass(frozen=True)
class Expandable:
    """A member that can be expanded. `load` returns its expanded value, whose type is `type`.

    Without a type, nothing below the member can be expanded.
    """

    load: Callable[[Store, Json, Any], Any] = lambda store, owner, value: value
    type: str | None = None


def _from_collection(collection: Callable[[Store], Collection[Any]]) -> Callable[[Store, Json, Any], Any]:
    def load(store: Store, owner: Json, id: str | None) -> Any:
        record = collection(store).get(id) if id else None
        return record.body if record else id

    return load


def _public_payment_method(store: Store, owner: Json, id: str | None) -> Json | None:
    method = store.payment_methods.get(id) if id else None
    return public_body(method.body) if method else None


def _list_of_customer(name: str, data: list[Json], owner: Json) -> Json:
    return {"object": "list", "data": data, "has_more": False, "url": f"/v1/customers/{owner['id']}/{name}"}


def _empty_list(name: str) -> Expandable:
    return Expandable(lambda store, owner, value: _list_of_customer(name, [], owner))


def _subscriptions(store: Store, owner: Json, value: Any) -> Json:
    bodies = [subscription.body for subscription in store.subscriptions.newest_first()]
    data = [body for body in bodies if body["customer"] == owner["id"] and body["status"] != "canceled"]
    return _list_of_customer("subscriptions", data, owner)


_CHARGE = Expandable(_from_collection(lambda store: store.charges), "charge")
_CUSTOMER = Expandable(_from_collection(lambda store: store.customers), "customer")
_MANDATE = Expandable(_from_collection(lambda store: store.mandates), "mandate")
_PAYMENT_INTENT = Expandable(_from_collection(lambda store: store.payment_intents), "payment_intent")
_PAYMENT_METHOD = Expandable(_from_collection(lambda store: store.payment_methods), "payment_method")
_SETUP_ATTEMPT = Expandable(_from_collection(lambda store: store.setup_attempts), "setup_attempt")
_SETUP_INTENT = Expandable(_from_collection(lambda store: store.setup_intents), "setup_intent")
_TAX = {"automatic_tax": "unrecognized_location", "ip_address": None, "location": None, "provider": "stripe"}

# A publishable key must not reach the customer through the payment method, so this one has no type.
_PUBLIC_INTENT = {"payment_method": Expandable(_public_payment_method)}
_GENERATED_SEPA_DEBITS = {
    **{f"payment_method_details.{type}.generated_sepa_debit": _PAYMENT_METHOD for type in SAVED_AS_SEPA_DEBIT},
    **{f"payment_method_details.{type}.generated_sepa_debit_mandate": _MANDATE for type in SAVED_AS_SEPA_DEBIT},
}

_OBJECTS: dict[str, dict[str, Expandable]] = {
    "payment_method": {
        "customer": _CUSTOMER,
        "sepa_debit.generated_from.charge": _CHARGE,
        "sepa_debit.generated_from.setup_attempt": _SETUP_ATTEMPT,
    },
    "customer": {
        "cash_balance": Expandable(),
        "default_source": Expandable(),
        "invoice_settings.default_payment_method": _PAYMENT_METHOD,
        "sources": _empty_list("sources"),
        "subscriptions": Expandable(_subscriptions, "subscription_list"),
        "tax": Expandable(lambda store, owner, value: _TAX),
        "tax_ids": _empty_list("tax_ids"),
        "test_clock": Expandable(),
    },
    "customer_session": {"customer": _CUSTOMER},
    "mandate": {"payment_method": _PAYMENT_METHOD},
    "setup_attempt": {
        **dict.fromkeys(("application", "on_behalf_of"), Expandable()),
        "customer": _CUSTOMER,
        "payment_method": _PAYMENT_METHOD,
        "payment_method_details.card_present.generated_card": _PAYMENT_METHOD,
        **_GENERATED_SEPA_DEBITS,
        "setup_intent": _SETUP_INTENT,
    },
    "setup_intent": {
        **dict.fromkeys(("application", "on_behalf_of"), Expandable()),
        **dict.fromkeys(("mandate", "single_use_mandate"), _MANDATE),
        "customer": _CUSTOMER,
        "latest_attempt": _SETUP_ATTEMPT,
        "payment_method": _PAYMENT_METHOD,
    },
    "charge": {
        **dict.fromkeys(("application", "balance_transaction", "on_behalf_of", "review"), Expandable()),
        **_GENERATED_SEPA_DEBITS,
        "customer": _CUSTOMER,
        "payment_intent": _PAYMENT_INTENT,
        "payment_method_details.us_bank_account.mandate": _MANDATE,
    },
    "payment_intent": {
        **dict.fromkeys(("application", "on_behalf_of", "review"), Expandable()),
        "customer": _CUSTOMER,
        "latest_charge": _CHARGE,
        "payment_method": _PAYMENT_METHOD,
    },
    "public_payment_intent": _PUBLIC_INTENT,
    "public_setup_intent": _PUBLIC_INTENT,
    "subscription": {
        **dict.fromkeys(("application", "default_source", "latest_invoice", "on_behalf_of", "schedule"), Expandable()),
        "customer": _CUSTOMER,
        "default_payment_method": _PAYMENT_METHOD,
        "pending_setup_intent": _SETUP_INTENT,
        "test_clock": Expandable(),
    },
}
_LISTS = {
    f"{type}_list": {f"data.{path}": expandable for path, expandable in members.items()}
    for type, members in _OBJECTS.items()
}
_EXPANDABLE: Mapping[str, Mapping[str, Expandable]] = _OBJECTS | _LISTS


def parse_expand(paths: Iterable[str], type: str) -> Expansions:
    """Returns the members to expand in a response of that type. Raises ParameterError for an invalid path."""
    expansions: Expansions = {}
    for path in paths:
        _check(path, type)
        branch = expansions
        for name in path.split("."):
            branch = branch.setdefault(name, {})
    return expansions


def expand(store: Store, value: Any, expansions: Expansions, type: str, parent: str = "") -> Any:
    """Returns a copy of the response with the members expanded. `parent` is the path from the object to `value`."""
    if isinstance(value, list):
        return [expand(store, item, expansions, type, parent) for item in value]
    if not isinstance(value, dict) or value.get("deleted"):
        return value
    return value | {
        name: _member(store, value, name, nested, type, parent)
        for name, nested in expansions.items()
        if name in value or _path(parent, name) in _EXPANDABLE[type]
    }


def _member(store: Store, owner: Json, name: str, nested: Expansions, type: str, parent: str) -> Any:
    path = _path(parent, name)
    expandable = _EXPANDABLE[type].get(path)
    if expandable is None:
        return expand(store, owner.get(name), nested, type, path)
    value = expandable.load(store, owner, owner.get(name))
    return expand(store, value, nested, expandable.type) if expandable.type else value


def _path(parent: str, name: str) -> str:
    return f"{parent}.{name}" if parent else name


def _check(path: str, type: str) -> None:
    names = path.split(".")
    if len(names) > MAX_DEPTH:
        raise ParameterError(f"You cannot expand more than {MAX_DEPTH} levels of a property ({path}).")
    if not _can_expand(names, type):
        hint = f" You may want to try data.{path} instead." if _can_expand(["data", *names], type) else ""
        raise ParameterError(f"This property cannot be expanded ({path}).{hint}")


def _can_expand(names: list[str], type: str | None) -> bool:
    if not names:
        return True
    for path, expandable in _EXPANDABLE.get(type or "", {}).items():
        length = path.count(".") + 1
        if ".".join(names[:length]) == path and _can_expand(names[length:], expandable.type):
            return True
    return False
