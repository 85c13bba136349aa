"""Converts Stripe's JSON to the response's objects with msgspec: two structs for each selected object.

One struct has Stripe's names: the bytes are decoded into it. The other has the response's names, in the response's
order: it is encoded. Both have the same layout, so that assigning `__class__` turns an object into the other. JSON that
doesn't fit the declared types is an error and is never guessed at.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any, cast

import msgspec
from graphql import GraphQLEnumType, GraphQLList, GraphQLNonNull, GraphQLOutputType, GraphQLScalarType

from execution.plans.resolver_call import declaration
from execution.plans.source import Lines, Source, block
from schema.open_enum import OpenEnum

Finish = Callable[[str], Lines]
"""From an expression, such as `decoded.f1`, to the lines that convert the object decoded there."""

NAMES: Mapping[str, Any] = {"fromtimestamp": datetime.fromtimestamp, "UTC": UTC}
"""Names that the lines use."""


def _unchanged(expression: str) -> Lines:
    return []


def _to_datetime(expression: str) -> Lines:
    return [f"{expression} = fromtimestamp({expression}, UTC)"]


_INT = Annotated[int, msgspec.Meta(ge=-(2**31), lt=2**31)]
_SCALARS: Mapping[str, Any] = {
    "String": str,
    "ID": str,
    "Boolean": bool,
    "Int": _INT,
    "DateTime": int,
    "JSON": dict | list | str | int | float | bool,
}


class NotAMember(Exception):
    """A field whose value is not a member of the JSON."""


@dataclass(frozen=True)
class MemberType:
    """The type that a member is decoded as, and how the decoded value is converted."""

    type: Any
    finish: Finish = _unchanged


@dataclass(frozen=True)
class Member:
    """A field that is the member `name` of the JSON; `absent` replaces a missing one."""

    key: str
    name: str
    type: MemberType
    absent: Any = None


@dataclass(frozen=True)
class Constant:
    """A field with the same value in every response."""

    key: str
    value: Any


class Projection:
    """The structs of one selected object."""

    def __init__(self, source: Source, typename: str, fields: Sequence[Member | Constant]) -> None:
        self._source = source
        self._fields = {f"f{index}": one for index, one in enumerate(fields)}
        declared = [_struct_field(attribute, one) for attribute, one in self._fields.items()]
        # No member of Stripe's JSON has a constant's name, and no JSON value has its type.
        read = {a: one.name if isinstance(one, Member) else f" {a}" for a, one in self._fields.items()}
        written = {attribute: one.key for attribute, one in self._fields.items()}
        self._read = msgspec.defstruct(typename, declared, rename=read, kw_only=True, gc=False)
        self._written = source.bind(
            "written", msgspec.defstruct(typename, declared, rename=written, kw_only=True, gc=False)
        )

    def member_type(self) -> MemberType:
        """The object as a member of another one."""
        return MemberType(self._read, self._finish)

    def decode(self) -> Lines:
        """Lines that set `decoded` and `fields`, the number of its fields, from the view in `source`.

        They raise ValueError if the JSON is not as declared.
        """
        decode = self._source.bind("decode", msgspec.json.Decoder(self._read).decode)
        return [f"decoded = {decode}(json_of(source))", "fields = 0", *self._finish("decoded")]

    def expression(self, key: str) -> str:
        """The expression for a field of `decoded`."""
        return next(f"decoded.{attribute}" for attribute, one in self._fields.items() if one.key == key)

    def _finish(self, expression: str) -> Lines:
        # Assigned to a name, so that its members are found in one step.
        name = expression if expression.isidentifier() else self._source.new_name("object")
        lines = [f"{name} = {expression}"] if name != expression else []
        lines += [f"{name}.__class__ = {self._written}", f"fields += {len(self._fields)}"]
        for attribute, one in self._fields.items():
            if isinstance(one, Member):
                lines += one.type.finish(f"{name}.{attribute}")
        return lines


def member_type(source: Source, type_: GraphQLOutputType, inner: MemberType | None) -> MemberType:
    """How a member of a field's type is decoded; `inner` is for the object in it. Raises NotAMember."""
    if isinstance(type_, GraphQLNonNull):
        return _non_null(source, type_.of_type, inner)
    found = _non_null(source, type_, inner)
    return MemberType(found.type | None, lambda place: block(f"if {place} is not None:", found.finish(place)))


def _non_null(source: Source, type_: Any, inner: MemberType | None) -> MemberType:
    if isinstance(type_, GraphQLList):
        return _list(member_type(source, type_.of_type, inner), source.new_name("item"))
    if isinstance(type_, GraphQLEnumType):
        return MemberType(_enum(declaration(type_).wrapped_cls))
    if isinstance(type_, GraphQLScalarType):
        if type_.name not in _SCALARS:
            raise NotAMember
        return MemberType(_SCALARS[type_.name], _to_datetime if type_.name == "DateTime" else _unchanged)
    if inner is None:
        raise NotAMember
    return inner


def _list(item: MemberType, name: str) -> MemberType:
    lines = item.finish(name)
    if any(line.startswith(f"{name} =") for line in lines):
        raise NotAMember
    return MemberType(list[item.type], lambda place: block(f"for {name} in {place}:", lines))  # type: ignore[name-defined]


def _struct_field(attribute: str, one: Member | Constant) -> tuple[str, Any] | tuple[str, Any, Any]:
    if isinstance(one, Constant):
        return attribute, msgspec.UnsetType, one.value
    if one.absent is not None:
        return attribute, one.type.type, one.absent
    return (attribute, one.type.type, None) if _is_nullable(one.type.type) else (attribute, one.type.type)


def _is_nullable(type_: Any) -> bool:
    return type(None) in getattr(type_, "__args__", ())


@cache
def _enum(cls: type[OpenEnum]) -> type[enum.Enum]:
    """An enum that is decoded by Stripe's words and encoded by GraphQL's names."""
    words: Any = enum.EnumMeta.__call__(enum.Enum, cls.__name__, {one.name: one.value for one in cls})
    words._missing_ = classmethod(lambda this, word: this[cls(word).name])
    # msgspec keeps the values that the enum has when first decoded. Asking the enum for others is slow.
    words._value2member_map_.update({spelling: words(word) for spelling, word in cls.spellings().items()})
    msgspec.json.Decoder(words).decode(msgspec.json.encode(next(iter(cls)).value))
    for one in words:
        one._value_ = one.name
    return cast("type[enum.Enum]", words)
