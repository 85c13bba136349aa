"""Functions that generated code calls to convert values. They raise ValueError where the schema promises another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeVar

import msgspec
from graphql import GraphQLEnumType, GraphQLLeafType

from execution.graphql_core import ResponsePath
from execution.plans.plan import Complete, Pending, PlanRun
from execution.plans.resolver_call import declaration
from schema.reading import View

T = TypeVar("T")

UNCHANGED: Mapping[str, type] = {"String": str, "ID": str, "Boolean": bool}
"""The Python types that scalars convert to themselves."""


def present(value: Any) -> Any:
    """The value of a non-null field."""
    if value is None:
        raise ValueError("null in a non-null field")
    return value


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


def complete_each(complete: Complete, value: Any, run: PlanRun, path: ResponsePath, pending: Pending) -> Any:
    """The value of a list field. All items are completed, so that their resolvers are called, even if one fails."""
    if not isinstance(value, list):
        raise ValueError("no list in a list field")
    completed = []
    for index, item in enumerate(value):
        try:
            completed.append(complete(item, run, (*path, index), pending))
        except Exception:
            run.failed = True
    return completed


def struct_reader(struct: type[T]) -> Callable[[View], T]:
    """The function that reads a view into a struct. It raises ValueError if the JSON is not as declared."""
    decode = msgspec.json.Decoder(struct).decode

    def read(view: View) -> T:
        json = view.json
        # A whole response still has its bytes. What is below one has been decoded already.
        return msgspec.convert(json, struct) if type(json) is dict else decode(json.body)  # type: ignore[attr-defined]

    return read
