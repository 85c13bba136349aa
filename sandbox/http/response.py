"""A response before it is sent. Unlike Starlette's it is immutable, because idempotency keys store it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """Status, body and headers."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    def with_headers(self, headers: Mapping[str, str]) -> "HttpResponse":
        """Returns a copy with these headers added or replaced."""
        return replace(self, headers={**self.headers, **headers})


def json_response(status: int, body: Any) -> HttpResponse:
    """Returns a response with a JSON body."""
    encoded = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    return HttpResponse(status, encoded, {"content-type": "application/json"})
