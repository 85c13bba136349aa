"""A request with fast header lookups."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from starlette.datastructures import Headers
from starlette.requests import Request


class IndexedRequest(Request):
    """Starlette's request with an index of its headers. The service looks up many headers that most requests lack."""

    @cached_property
    def headers(self) -> Headers:
        """The headers of the request."""
        return _Indexed(self.scope["headers"])


class _Indexed(Headers):
    def __init__(self, raw: Iterable[tuple[bytes, bytes]]) -> None:
        pairs = list(raw)
        super().__init__(raw=pairs)
        # The first header of a name is the one that counts.
        self._first = dict(reversed(pairs))

    def get(self, key: str, default: Any = None) -> Any:
        value = self._first.get(key.lower().encode("latin-1"))
        return default if value is None else value.decode("latin-1")

    def __contains__(self, key: Any) -> bool:
        return key.lower().encode("latin-1") in self._first
