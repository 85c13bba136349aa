"""Functions that generated code calls to convert values. They raise ValueError where the schema promises another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from graphql import GraphQLLeafType

from execution.graphql_core import ResponsePath
from execution.plans.awaitables import Pending
from execution.plans.plan import Complete, PlanRun
from schema.reading import View


def present(value: Any) -> Any:
    """The value of a non-null field."""
    if value is None:
        raise ValueError("null in a non-null field")
    return value


def _as_list(value: Any) -> list[Any] | None:
    """The value of a list field."""
    if value is not None and not isinstance(value, list):
        raise ValueError("no list in a list field")
    return value


def leaf_writer(type_: GraphQLLeafType) -> Callable[[Any], Any]:
    """The function that converts the values of a scalar or enum type."""
    convert = type_.coerce_output_value

    def write(value: Any) -> Any:
        if value is None:
            return None
        written = None if isinstance(value, Exception) else convert(value)
        return present(written)

    return write


def complete_object(
    functions: Mapping[type, Complete], value: Any, run: PlanRun, path: ResponsePath, pending: Pending
) -> Any:
    """The value of an object field, completed by the function for its class. Raises KeyError for another class."""
    return None if value is None else functions[type(value)](value, run, path, pending)


def complete_each_at_once(complete: Complete, value: Any, run: PlanRun, path: ResponsePath, pending: Pending) -> Any:
    """The value of a list field whose items have no resolvers."""
    items = _as_list(value)
    return None if items is None else [complete(item, run, path, pending) for item in items]


def complete_each(complete: Complete, value: Any, run: PlanRun, path: ResponsePath, pending: Pending) -> Any:
    """The value of a list field whose items have resolvers. All of them are called, even if one item fails."""
    items = _as_list(value)
    if items is None:
        return None
    completed = []
    for index, item in enumerate(items):
        try:
            completed.append(complete(item, run, (*path, index), pending))
        except Exception:
            run.failed = True
    return completed


def json_of(view: View) -> bytes:
    """The JSON of a view: the bytes that Stripe sent, if the view is over a whole response."""
    body: bytes | None = getattr(view.json, "body", None)
    return msgspec.json.encode(view.json) if body is None else body
