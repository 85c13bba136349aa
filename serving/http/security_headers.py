"""Headers: those that every response carries, and those of a request, found at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SECURITY: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_SECURITY = [(name.lower().encode(), value.encode()) for name, value in SECURITY.items()]


class SecurityHeaders:
    """Adds them where the response does not set its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message["headers"])
                there = {name for name, _ in headers}
                message["headers"] = headers + [header for header in _SECURITY if header[0] not in there]
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)


class IndexedRequest(Request):
    """A request of which many headers are asked for, most of them in vain: each is found, or not, in one step."""

    @cached_property
    def headers(self) -> Headers:
        """As Starlette's."""
        return _Indexed(self.scope["headers"])


class _Indexed(Headers):
    def __init__(self, raw: Iterable[tuple[bytes, bytes]]) -> None:
        pairs = list(raw)
        super().__init__(raw=pairs)
        # Of several headers of one name the first counts.
        self._first = dict(reversed(pairs))

    def get(self, key: str, default: Any = None) -> Any:
        value = self._first.get(key.lower().encode("latin-1"))
        return default if value is None else value.decode("latin-1")

    def __contains__(self, key: Any) -> bool:
        return key.lower().encode("latin-1") in self._first
