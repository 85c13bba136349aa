"""Remembers results of queries, so that a query that is repeated is not executed again while its reads are valid.

A result is a function of its key and of the responses it was made of. It is remembered only if all of them came from
the read cache, and is used only if the read cache would return each of them again.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from time import time
from typing import Any, NamedTuple

import msgspec
from cachetools import LRUCache
from graphql import ExecutionResult

from serving.auth.tokens import Caller
from serving.graphql.operation_request import Operation
from serving.telemetry.operation_record import OperationRecord
from stripe_api import StripeSession
from stripe_api.read_cache.cache import ReadCache
from stripe_api.read_cache.storage import Hit

RESULT_BYTES = 1500
HIT_BYTES = 900
"""Memory of a result and of each of its reads, in addition to the texts."""

_DAY = 86_400


class ResultKey(NamedTuple):
    """All that a result depends on, except for responses.

    What is hidden and whether the schema can be read depend on the caller. `day`, in UTC, determines which cards have
    expired.
    """

    document: str
    operation_name: str | None
    variables: str
    caller: Caller
    day: int


def result_key(operation: Operation, caller: Caller) -> ResultKey:
    """The key of an operation that starts now."""
    # Different values have different texts, also those that are equal in Python, such as 1 and true.
    variables = repr(operation.variables)
    return ResultKey(operation.query or "", operation.operation_name, variables, caller, int(time() // _DAY))


@dataclass(frozen=True, slots=True)
class _Result:
    """The encoded data of a query, the recorded name of its operation, and its reads. `size` is in bytes."""

    data: msgspec.Raw
    name: str | None
    hits: Sequence[Hit]
    size: int


class RememberedResults:
    """The results in this process, of at most `max_bytes`; the least recently used are dropped."""

    def __init__(self, cache: ReadCache, max_bytes: int) -> None:
        self._cache = cache
        self._results: LRUCache[ResultKey, _Result] = LRUCache(max_bytes, getsizeof=lambda result: result.size)
        self._max_result_bytes = max_bytes // 4
        self.uses = 0

    @property
    def bytes(self) -> int:
        """The estimated memory of all results."""
        return int(self._results.currsize)

    async def find(self, key: ResultKey, record: OperationRecord) -> ExecutionResult | None:
        """The result of an equal query, if it would read the same responses from the read cache now."""
        found = self._results.get(key)
        if found is None:
            return None
        if not await self._cache.repeat(found.hits, record.add_cached_read):
            self._results.pop(key, None)
            return None
        self.uses += 1
        record.repeat_query(found.name)
        return ExecutionResult(_encoded(found.data))

    def remember(self, key: ResultKey, result: ExecutionResult, stripe: StripeSession, record: OperationRecord) -> None:
        """Remember the result of an executed query, if all that it read was in the read cache. Encodes its data."""
        hits = stripe.hits
        if record.kind != "query" or result.errors or not hits or stripe.calls or record.joined_reads:
            return
        data = msgspec.Raw(msgspec.json.encode(result.data))
        size = _size(key, data, hits)
        if size <= self._max_result_bytes:
            self._results[key] = _Result(data, record.name, hits, size)
        result.data = _encoded(data)


def _encoded(data: msgspec.Raw) -> Any:
    """The data in place of the object that it encodes: both become the same JSON."""
    return data


def _size(key: ResultKey, data: msgspec.Raw, hits: Sequence[Hit]) -> int:
    texts = sys.getsizeof(key.document) + sys.getsizeof(key.variables)
    return RESULT_BYTES + HIT_BYTES * len(hits) + texts + len(data)
