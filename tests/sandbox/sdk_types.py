"""Validates bodies with the annotations of Stripe's Python SDK: no unknown members and no other types."""

import builtins
import typing
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from types import NoneType, UnionType
from typing import Any, ClassVar, Literal, Union

import stripe
from stripe import ListObject, StripeObject
from stripe._stripe_object import UntypedStripeObject

CLASSES = {
    "payment_method": stripe.PaymentMethod,
    "customer": stripe.Customer,
    "customer_session": stripe.CustomerSession,
    "ephemeral_key": stripe.EphemeralKey,
    "event": stripe.Event,
    "charge": stripe.Charge,
    "confirmation_token": stripe.ConfirmationToken,
    "mandate": stripe.Mandate,
    "setup_attempt": stripe.SetupAttempt,
    "webhook_endpoint": stripe.WebhookEndpoint,
    "payment_intent": stripe.PaymentIntent,
    "setup_intent": stripe.SetupIntent,
    "subscription": stripe.Subscription,
}
# Members that the API sends, and mobile SDKs read.
UNDOCUMENTED: dict[type, dict[str, Any]] = {stripe.EphemeralKey: {"associated_objects": list[Any]}}


# What a publishable key does not get, although the SDK declares it as always present.
HIDDEN = {"payment_intent.amount_capturable", "payment_intent.amount_received", "payment_intent.metadata"}


class _Names(dict[str, Any]):
    """The names in annotations. The package loads most of them on first use.

    A few are aliases or belong to subpackages. The API never sends them, so they accept any value.
    """

    def __missing__(self, name: str) -> Any:
        if name in vars(builtins) or name in vars(typing):
            raise KeyError(name)
        return getattr(stripe, name, Any)


_NAMES = _Names(TestClock=stripe.test_helpers.TestClock)


def problems(body: Any) -> list[str]:
    """Returns the problems of an object or list, one line each."""
    if body["object"] == "list":
        return [line for item in body["data"] for line in problems(item)]
    return list(_check(body, CLASSES[body["object"]], body["object"]))


@cache
def _annotations(cls: type) -> dict[str, Any]:
    # Only the members from Stripe's specification; those of the base classes are internal.
    shape = type("Shape", (), {"__annotations__": cls.__annotations__, "__module__": cls.__module__})
    hints = typing.get_type_hints(shape, localns=_NAMES)
    return {name: hint for name, hint in hints.items() if typing.get_origin(hint) is not ClassVar}


def _check(value: Any, kind: Any, at: str) -> Iterator[str]:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (Union, UnionType):
        yield from _check_union(value, arguments, at)
    elif origin is Literal:
        yield from _unless(value in arguments, at, value, kind)
    elif origin in (list, dict, ListObject, UntypedStripeObject):
        yield from _check_container(value, origin, arguments, at)
    elif isinstance(kind, type) and issubclass(kind, StripeObject):
        yield from _check_object(value, kind, at)
    elif kind is not Any:
        yield from _unless(_is(value, kind), at, value, kind)


def _check_union(value: Any, kinds: tuple[Any, ...], at: str) -> Iterator[str]:
    outcomes = [list(_check(value, kind, at)) for kind in kinds]
    if all(outcomes):
        yield from min((lines for kind, lines in zip(kinds, outcomes, strict=True) if kind is not NoneType), key=len)


def _check_container(value: Any, origin: Any, kinds: tuple[Any, ...], at: str) -> Iterator[str]:
    expected: type[Any] = list if origin is list else dict
    if not isinstance(value, expected):
        yield f"{at}: {value!r} is no {origin}"
        return
    inside = value["data"] if origin is ListObject else value
    for name, item in inside.items() if isinstance(inside, dict) else enumerate(inside):
        yield from _check(item, kinds[-1], f"{at}.{name}")


def _check_object(value: Any, cls: type, at: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{at}: {value!r} is no {cls.__name__}"
        return
    known = {**_annotations(cls), **UNDOCUMENTED.get(cls, {})}
    yield from (f"{at}: {cls.__name__} has no {name}" for name in value.keys() - known.keys())
    if not value.get("deleted"):
        yield from (
            f"{at}: {name} is missing"
            for name, kind in known.items()
            if name not in value and not _may_lack(kind) and f"{at}.{name}" not in HIDDEN
        )
    for name in value.keys() & known.keys():
        yield from _check(value[name], known[name], f"{at}.{name}")


def _may_lack(kind: Any) -> bool:
    return NoneType in typing.get_args(kind)


def _is(value: Any, kind: Any) -> bool:
    if kind is Decimal:
        return isinstance(value, str)  # The wire format of decimals.
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return type(value) is (NoneType if kind is None else kind)


def _unless(fine: bool, at: str, value: Any, kind: Any) -> Iterator[str]:
    if not fine:
        yield f"{at}: {value!r} is no {kind}"
