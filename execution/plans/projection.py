"""Converts Stripe's JSON to the response's objects with msgspec: two structs for each selected object.

One struct has Stripe's names: the JSON is read into it. The other has the response's names, in the response's
order: it is encoded. Both have the same layout, so that assigning `__class__` turns an object into the other. JSON that
doesn't fit the declared types is an error and is never guessed at.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any, TypeVar, cast

import msgspec
from graphql import (
    GraphQLEnumType,
    GraphQLLeafType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLOutputType,
    GraphQLScalarType,
)

from execution.plans.resolver_call import declaration
from execution.plans.source import Lines, Source, block
from schema.open_enum import OpenEnum
from schema.reading import View

T = TypeVar("T")

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


UNCHANGED: Mapping[str, type] = {"String": str, "ID": str, "Boolean": bool}
"""The Python types that scalars convert to themselves."""


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

    name: str
    type: MemberType
    absent: Any = None


@dataclass(frozen=True)
class Constant:
    """A field with the same value in every response."""

    value: Any


class Projection:
    """The structs of one selected object, whose fields are given by response key."""

    def __init__(self, source: Source, typename: str, fields: Mapping[str, Member | Constant]) -> None:
        self._source = source
        self._attributes = {key: f"f{index}" for index, key in enumerate(fields)}
        self._members = {self._attributes[key]: one for key, one in fields.items() if isinstance(one, Member)}
        self._declared = [_struct_field(self._attributes[key], one) for key, one in fields.items()]
        self._typename = typename
        written = {attribute: key for key, attribute in self._attributes.items()}
        self.written = source.bind("written", self._struct(written))

    def attribute(self, key: str) -> str:
        """The attribute of the structs that holds a field."""
        return self._attributes[key]

    def member_type(self) -> MemberType:
        """The object as a member of another one."""
        # An attribute that is not a member gets a name that never occurs in Stripe's JSON, so it is never decoded.
        read = {a: self._members[a].name if a in self._members else f" {a}" for a in self._attributes.values()}
        return MemberType(self._struct(read), self._finish)

    def read(self) -> Lines:
        """Lines that set `response` from the view in `source`, and `fields` to the number of fields in it.

        They raise ValueError if the JSON is not as declared.
        """
        if not self._members:
            return [f"response = {self.written}()", f"fields = {len(self._attributes)}"]
        read = self._source.bind("read", struct_reader(self.member_type().type))
        return [f"response = {read}(source)", "fields = 0", *self._finish("response")]

    def _struct(self, names: Mapping[str, str]) -> Any:
        return msgspec.defstruct(self._typename, self._declared, rename=names, kw_only=True, gc=False)

    def _finish(self, expression: str) -> Lines:
        # Assigned to a name, so that its members are found in one step.
        name = expression if expression.isidentifier() else self._source.new_name("object")
        lines = [f"{name} = {expression}"] if name != expression else []
        lines += [f"{name}.__class__ = {self.written}", f"fields += {len(self._attributes)}"]
        for attribute, one in self._members.items():
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
    if not isinstance(one, Member):
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


@cache
def leaf_writer(type_: GraphQLLeafType, *, nullable: bool) -> Callable[[Any], Any]:
    """The function that converts the values of a scalar or enum type, except for those that are UNCHANGED."""
    convert: Callable[[Any], Any] = type_.coerce_output_value
    if isinstance(type_, GraphQLEnumType):
        # Strawberry's conversion compares a value with one member after the other.
        convert = {one: convert(one) for one in declaration(type_).wrapped_cls}.__getitem__

    def write(value: Any) -> Any:
        if value is None and nullable:
            return None
        written = None if value is None or isinstance(value, Exception) else convert(value)
        if written is None:
            raise ValueError("no value in a leaf field")
        return written

    return write


def struct_reader(struct: type[T]) -> Callable[[View], T]:
    """The function that reads a view into a struct. It raises ValueError if the JSON is not as declared."""
    decode = msgspec.json.Decoder(struct).decode

    def read(view: View) -> T:
        json = view.json
        # A whole response still has its bytes. What is below one has been decoded already.
        return msgspec.convert(json, struct) if type(json) is dict else decode(json.body)  # type: ignore[attr-defined]

    return read
