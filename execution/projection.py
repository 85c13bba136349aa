"""From Stripe's bytes to the answer's shape at C's speed: two msgspec structs for each selected object.

One struct has Stripe's names, and is what the bytes are decoded into. The other has the answer's, in the answer's
order, and is what is encoded. Both keep their members in the same places, so that an object becomes the other by an
assignment of its class. What does not fit the declared types is an error, never a guess.
"""

from __future__ import annotations

import enum
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any, cast

import msgspec
from graphql import GraphQLEnumType, GraphQLList, GraphQLNonNull, GraphQLOutputType, GraphQLScalarType

from execution.calls import declaration
from schema.open_enum import OpenEnum
from schema.reading import View

Lines = list[str]
Finish = Callable[[str], Lines]
"""From a place in the code, such as `found.f1`, to the lines that finish what was decoded there."""


Projector = Callable[[View], tuple[Any, int]]
"""From a view to the object of the response, and the number of fields in it."""


def _finished(place: str) -> Lines:
    return []


def _an_instant(place: str) -> Lines:
    return [f"{place} = fromtimestamp({place}, UTC)"]


_INT = Annotated[int, msgspec.Meta(ge=-(2**31), lt=2**31)]
_SCALARS: Mapping[str, Any] = {
    "String": str,
    "ID": str,
    "Boolean": bool,
    "Int": _INT,
    "DateTime": int,
    "JSON": dict | list | str | int | float | bool,
}
_numbers = itertools.count()


class NotAMember(Exception):
    """A field whose value is not simply a member of the JSON."""


@dataclass(frozen=True)
class Typed:
    """What a member is decoded as, and how it is finished."""

    type: Any
    finish: Finish = _finished


@dataclass(frozen=True)
class Member:
    """A field that is the member `name` of the JSON; `absent` stands for one that is missing."""

    key: str
    name: str
    typed: Typed
    absent: Any = None


@dataclass(frozen=True)
class Constant:
    """A field that is the same in every answer."""

    key: str
    value: Any


class Projection:
    """The structs of one selected object."""

    def __init__(self, typename: str, fields: Sequence[Member | Constant]) -> None:
        self._fields = {f"f{place}": one for place, one in enumerate(fields)}
        declared = [_declared(attribute, one) for attribute, one in self._fields.items()]
        # No member of Stripe's has the name that stands for a constant, and no JSON its type.
        read = {a: one.name if isinstance(one, Member) else f" {a}" for a, one in self._fields.items()}
        written = {attribute: one.key for attribute, one in self._fields.items()}
        self._read = msgspec.defstruct(typename, declared, rename=read, kw_only=True, gc=False)
        self._written = msgspec.defstruct(typename, declared, rename=written, kw_only=True, gc=False)

    def typed(self, names: dict[str, Any]) -> Typed:
        """As a member of another object. `names` takes in what the finishing lines name."""
        written = f"written_{next(_numbers)}"
        names[written] = self._written

        def finish(place: str) -> Lines:
            # A name of its own, so that what is within is found in one step.
            name = place if place.isidentifier() else f"object_{next(_numbers)}"
            lines = [f"{name} = {place}"] if name != place else []
            lines += [f"{name}.__class__ = {written}", f"fields += {len(self._fields)}"]
            for attribute, one in self._fields.items():
                if isinstance(one, Member):
                    lines += one.typed.finish(f"{name}.{attribute}")
            return lines

        return Typed(self._read, finish)

    def compiled(self, names: dict[str, Any]) -> Projector:
        """The object as it is answered, from a view. Raises ValueError where the JSON is not as declared."""
        typed = self.typed(names)
        decode, finish = msgspec.json.Decoder(typed.type).decode, _function(typed.finish("found"), names)

        def project(view: View) -> tuple[Any, int]:
            body = getattr(view.json, "body", None)
            found = decode(msgspec.json.encode(view.json) if body is None else body)
            return found, finish(found)

        return project

    def attribute(self, key: str) -> str:
        """Where the value of a field stands in the struct."""
        return next(attribute for attribute, one in self._fields.items() if one.key == key)


def typed(type_: GraphQLOutputType, view: Typed | None) -> Typed:
    """How a member of a field's type is decoded; `view` is how the object in it is. Raises NotAMember."""
    if isinstance(type_, GraphQLNonNull):
        return _present(type_.of_type, view)
    inner = _present(type_, view)
    return Typed(inner.type | None, lambda place: _block(f"if {place} is not None:", inner.finish(place)))


def _present(type_: Any, view: Typed | None) -> Typed:
    if isinstance(type_, GraphQLList):
        return _list(typed(type_.of_type, view), f"item_{next(_numbers)}")
    if isinstance(type_, GraphQLEnumType):
        return Typed(_words(declaration(type_).wrapped_cls))
    if isinstance(type_, GraphQLScalarType):
        if type_.name not in _SCALARS:
            raise NotAMember
        return Typed(_SCALARS[type_.name], _an_instant if type_.name == "DateTime" else _finished)
    if view is None:
        raise NotAMember
    return view


def _list(item: Typed, name: str) -> Typed:
    lines = item.finish(name)
    if any(line.startswith(f"{name} =") for line in lines):
        raise NotAMember
    return Typed(list[item.type], lambda place: _block(f"for {name} in {place}:", lines))  # type: ignore[name-defined]


def _block(head: str, lines: Lines) -> Lines:
    return [head, *(f"    {line}" for line in lines)] if lines else []


def _function(lines: Lines, names: dict[str, Any]) -> Callable[[Any], int]:
    names |= {"fromtimestamp": datetime.fromtimestamp, "UTC": UTC}
    body = ["fields = 0", *lines, "return fields"]
    exec("\n".join(_block("def finish(found):", body)), names)  # our own text: no word of a document is in it
    return cast("Callable[[Any], int]", names["finish"])


def _declared(attribute: str, one: Member | Constant) -> tuple[str, Any] | tuple[str, Any, Any]:
    if isinstance(one, Constant):
        return attribute, msgspec.UnsetType, one.value
    if one.absent is not None:
        return attribute, one.typed.type, one.absent
    return (attribute, one.typed.type, None) if _takes_null(one.typed.type) else (attribute, one.typed.type)


def _takes_null(type_: Any) -> bool:
    return type(None) in getattr(type_, "__args__", ())


@cache
def _words(cls: type[OpenEnum]) -> type[enum.Enum]:
    """An enum that is read by Stripe's words and written by GraphQL's names."""
    words: Any = enum.EnumMeta.__call__(enum.Enum, cls.__name__, {one.name: one.value for one in cls})
    words._missing_ = classmethod(lambda this, word: this[cls(word).name])
    # msgspec looks words up in what the enum holds when it first meets it; for others it asks the enum, which is slow.
    words._value2member_map_.update({spelling: words(word) for spelling, word in cls.spellings().items()})
    msgspec.json.Decoder(words).decode(msgspec.json.encode(next(iter(cls)).value))
    for one in words:
        one._value_ = one.name
    return cast("type[enum.Enum]", words)
