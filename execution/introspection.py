"""Caches the results of introspection, which depend only on the document and its variables."""

from __future__ import annotations

from collections.abc import Hashable

import msgspec
from cachetools import LRUCache
from graphql import ExecutionResult
from graphql.execution.collect_fields import collect_fields

from execution import graphql_core
from execution.documents import META_FIELDS
from execution.prepared_operation import PreparedOperation, ResponseTooLarge

CACHED_BYTES = 4 * 1024 * 1024
"""All cached results together, as JSON. The standard introspection query's takes about 150 kB."""


class IntrospectionCache:
    """The least recently used results are evicted first."""

    def __init__(self) -> None:
        self._results: LRUCache[Hashable, msgspec.Raw] = LRUCache(CACHED_BYTES, getsizeof=len)

    def result(self, operation: PreparedOperation) -> ExecutionResult | None:
        """The result; None for an operation that selects anything but introspection fields."""
        found = operation.operation
        if not found.introspects:
            return None
        key = (found.text, found.name, msgspec.json.encode(operation.variables.coerced))
        data = self._results.get(key)
        if data is None:
            data = _execute(operation)
            if data is not None and len(data) <= CACHED_BYTES // 8:
                self._results[key] = data
        # The data is JSON already, which msgspec includes unchanged.
        return ExecutionResult(data, None) if data is not None else None  # type: ignore[arg-type]


def _execute(operation: PreparedOperation) -> msgspec.Raw | None:
    """The data as JSON; None if the operation selects other fields or has errors."""
    executor = graphql_core.build(operation)
    if not _only_introspects(executor):
        return None
    result = executor.execute_operation()
    if executor.exceeds_limit:
        raise ResponseTooLarge
    if not isinstance(result, ExecutionResult) or result.errors or result.data is None:
        return None
    return msgspec.Raw(msgspec.json.encode(result.data))


def _only_introspects(executor: graphql_core.CountingExecutor) -> bool:
    root = executor.schema.query_type
    assert root is not None
    fields = collect_fields(executor.schema, executor.fragments, executor.variable_values, root, executor.operation)
    names = {details[0].node.name.value for details in fields.grouped_field_set.values()}
    return names <= {*META_FIELDS, "__typename"} and bool(names.intersection(META_FIELDS))
