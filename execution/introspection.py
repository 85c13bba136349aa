"""Responses to introspection, computed once: they depend on the document and its variables alone."""

from __future__ import annotations

from collections.abc import Hashable

import msgspec
from cachetools import LRUCache
from graphql import ExecutionResult
from graphql.execution.collect_fields import collect_fields

from execution.documents import META_FIELDS, name_of
from execution.request import Request

KEPT_BYTES = 4 * 1024 * 1024
"""All kept responses together, as JSON. The standard introspection query's takes some 150 kB."""


class IntrospectionCache:
    """The least recently used responses go first."""

    def __init__(self) -> None:
        self._kept: LRUCache[Hashable, msgspec.Raw] = LRUCache(KEPT_BYTES, getsizeof=len)

    def result(self, request: Request) -> ExecutionResult | None:
        """The result; None for an operation that asks for anything but the schema's description."""
        if not request.document.introspects:
            return None
        key = (request.document.text, name_of(request.operation), msgspec.json.encode(request.coerced.coerced))
        data = self._kept.get(key)
        if data is None:
            if not _only_introspects(request):
                return None
            result = request.executor().execute_operation()
            if not isinstance(result, ExecutionResult) or result.errors or result.data is None:
                return None
            data = msgspec.Raw(msgspec.json.encode(result.data))
            if len(data) <= KEPT_BYTES // 8:
                self._kept[key] = data
        return ExecutionResult(data, None)  # type: ignore[arg-type]  # JSON already, which msgspec puts in as it is


def _only_introspects(request: Request) -> bool:
    executor = request.executor()
    root = executor.schema.query_type
    assert root is not None
    fields = collect_fields(executor.schema, executor.fragments, executor.variable_values, root, executor.operation)
    names = {details[0].node.name.value for details in fields.grouped_field_set.values()}
    return names <= {*META_FIELDS, "__typename"} and bool(names.intersection(META_FIELDS))
