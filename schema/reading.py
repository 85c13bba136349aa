"""Reads declared fields from Stripe's JSON: the one mapping, by convention.

A Stripe object stays the JSON that Stripe sent. A type that is declared with `stripe_type` is a view over it: each
field reads the member of the same name, and converts it according to its annotation.

    annotation                      member in the JSON
    str, int, bool, float           the same type exactly; an int has at most 32 bits, as GraphQL's
    strawberry.ID                   a string, or the id of an expanded object
    datetime                        Unix seconds
    JSON                            any value, unchanged
    an OpenEnum                     Stripe's value; any other value becomes UNKNOWN
    another view, a list, T | None  recursively

A field with another name than Stripe's has a `path`. A field that is not one member of the JSON is `computed`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, TypeVar, cast

import strawberry
from strawberry.types.base import StrawberryList, StrawberryOptional, has_object_definition
from strawberry.types.enum import StrawberryEnumDefinition, has_enum_definition
from strawberry.types.field import StrawberryField
from strawberry.types.lazy_type import LazyType

from schema.scalars import JSON

_READING = "stripe"
_REFERENCE = "reference"

Reader = Callable[[Any], Any]
V = TypeVar("V", bound="type[View]")


class UnreadableValue(Exception):
    """Stripe sent a value that does not match the declared field. The message never contains the value."""


class View:
    """A view over one of Stripe's JSON objects, with the fields of a declared type."""

    def __init__(self, json: Mapping[str, Any]) -> None:
        self.json = json

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


@dataclass(frozen=True)
class Hidden:
    """How a field is hidden from some callers: they get `instead`, or the result of `within` for the value."""

    what: str
    instead: Any = None
    within: Callable[[Any], Any] | None = None


@dataclass(frozen=True)
class Reading:
    """The source of a field's value: the member at `path`, or `compute` over the members it `needs` (None: all)."""

    path: tuple[str, ...] | None = None
    absent: Any = None
    compute: Callable[[Any], Any] | None = None
    needs: tuple[str, ...] | None = None
    hidden: Hidden | None = None


def member(
    description: str,
    *,
    path: tuple[str, ...] | None = None,
    absent: Any = None,
    hidden: Hidden | None = None,
) -> Any:
    """A field that reads a member of the JSON: by the field's name, or at `path`. An empty path is the object itself.

    `absent` replaces a member that is missing or null.
    """
    return _field(description, Reading(path=path, absent=absent, hidden=hidden))


def computed(
    compute: Callable[[Any], Any],
    description: str,
    *,
    needs: tuple[str, ...] | None = None,
    hidden: Hidden | None = None,
    name: str | None = None,
) -> Any:
    """A field that `compute` derives from the view. `needs` names the members that it reads, if not all.

    `name` is its name in the schema, if that is not the attribute's.
    """
    return _field(description, Reading(compute=compute, needs=needs, hidden=hidden), name)


def _field(description: str, reading: Reading, name: str | None = None) -> Any:
    if reading.hidden is not None:
        return _HideableField(description=description, metadata={_READING: reading}, type_annotation=None)
    return strawberry.field(name=name, description=description, metadata={_READING: reading})


class _HideableField(StrawberryField):
    """A field whose value depends on the caller, by `info.context.hides`."""

    @property
    def is_basic_field(self) -> bool:
        return False

    def get_result(self, source: Any, info: Any, args: list[Any], kwargs: Any) -> Any:
        reading = reading_of(self)
        assert reading is not None
        assert reading.hidden is not None
        if info.context.hides(reading.hidden.what):
            return hide(reading.hidden, source, self.python_name)
        return getattr(source, self.python_name)


def hide(hidden: Hidden, view: View, name: str) -> Any:
    """The field's value for callers that it is hidden from."""
    return hidden.instead if hidden.within is None else hidden.within(getattr(view, name))


def reading_of(field: StrawberryField) -> Reading | None:
    """The source of the field's value; None if it has a resolver."""
    return cast("Reading | None", field.metadata.get(_READING))


def follows(reference: str) -> dict[str, str]:
    """Metadata of a field whose resolver reads one member only, a reference: equal ids in it have equal results."""
    return {_REFERENCE: reference}


def reference_of(field: StrawberryField) -> str | None:
    """The member that the field's resolver follows; None if it reads others too."""
    return cast("str | None", field.metadata.get(_REFERENCE))


def stripe_type(description: str, *, interface: bool = False) -> Callable[[V], V]:
    """Declares a GraphQL type as a view: its fields become properties that read the JSON."""
    declare = strawberry.interface if interface else strawberry.type
    return lambda cls: _as_view(declare(cls, description=description))


def _as_view(cls: V) -> V:
    for generated in ("__init__", "__repr__", "__eq__", "__hash__"):
        if generated in cls.__dict__:
            delattr(cls, generated)
    for field in cls.__strawberry_definition__.fields:  # type: ignore[attr-defined]
        reading = reading_of(field)
        if reading is not None:
            setattr(cls, field.python_name, _Member(field, reading))
    return cls


class _Member:
    """The property that reads one field from a view."""

    def __init__(self, field: StrawberryField, reading: Reading) -> None:
        self._field = field
        self._reading = reading

    def __get__(self, view: View | None, owner: type[View]) -> Any:
        return self if view is None else self._get(view)

    @cached_property
    def _get(self) -> Reader:
        """The function from a view to the value."""
        if self._reading.compute is not None:
            return self._reading.compute
        read, absent = reader(self._field.type), self._reading.absent
        first, *further = (self._field.python_name,) if self._reading.path is None else self._reading.path or (None,)

        def get(view: View) -> Any:
            value: Any = view.json if first is None else view.json.get(first)
            for step in further:
                value = value.get(step) if _is_object(value) else None
            return read(absent if value is None else value)

        return get


def reader(type_: Any) -> Reader:
    """The conversion from JSON for an annotation. None is not converted: the schema decides whether it is allowed."""
    if isinstance(type_, StrawberryOptional):
        return reader(type_.of_type)
    if isinstance(type_, StrawberryList):
        return _list_of(reader(type_.of_type))
    if isinstance(type_, LazyType):
        return reader(type_.resolve_type())
    if isinstance(type_, StrawberryEnumDefinition):
        return _enum(type_.wrapped_cls)
    if has_enum_definition(type_):
        return _enum(type_)
    if has_object_definition(type_):
        return _view(cast("type[View]", type_))
    return _SCALARS[type_]


def _list_of(item: Reader) -> Reader:
    def read(value: Any) -> Any:
        if value is None:
            return None
        _expect(isinstance(value, list), "list")
        return [item(entry) for entry in value]

    return read


def _enum(cls: Any) -> Reader:
    def read(value: Any) -> Any:
        if value is None:
            return None
        _expect(isinstance(value, str), cls.__name__)
        return cls(value)

    return read


def _view(cls: type[View]) -> Reader:
    def read(value: Any) -> Any:
        if type(value) is not dict:
            if value is None:
                return None
            _expect(isinstance(value, Mapping), cls.__name__)
        return cls(value)

    return read


def _is_object(value: Any) -> bool:
    # The check of a dict against Mapping takes long.
    return type(value) is dict or isinstance(value, Mapping)


def _exactly(kind: type) -> Reader:
    def read(value: Any) -> Any:
        if type(value) is not kind:
            _expect(value is None, kind.__name__)
        return value

    return read


def _int(value: Any) -> Any:
    _expect(value is None or (type(value) is int and -(2**31) <= value < 2**31), "Int")
    return value


def _id(value: Any) -> Any:
    found = value.get("id") if isinstance(value, dict) else value
    _expect(found is None or isinstance(found, str), "id")
    return found


def _number(value: Any) -> Any:
    _expect(value is None or type(value) in (int, float), "number")
    return value


def instant(value: Any) -> Any:
    if value is None:
        return None
    _expect(type(value) is int, "time")
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise UnreadableValue("Stripe sent a time that is out of range.") from error


def text_at(json: Mapping[str, Any], name: str) -> str | None:
    """The member if it is a string that is not empty."""
    value = json.get(name)
    return value if isinstance(value, str) and value else None


def _expect(fits: bool, kind: str) -> None:
    if not fits:
        raise UnreadableValue(f"Stripe sent a value of another kind where {kind} was expected.")


_SCALARS: Mapping[Any, Reader] = {
    str: _exactly(str),
    int: _int,
    bool: _exactly(bool),
    float: _number,
    strawberry.ID: _id,
    datetime: instant,
    JSON: lambda value: value,
}
