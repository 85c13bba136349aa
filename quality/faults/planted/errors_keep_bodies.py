"""The last thousand errors stay in memory, each with its response body."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

from stripe_api import client
from stripe_api.errors import StripeError
from stripe_api.objects import StripeResponse
from stripe_api.response import parse_response

_last: deque[tuple[StripeError, bytes]] = deque(maxlen=1000)


def _remembering(
    status: int, headers: Mapping[str, str], body: bytes, *, write: bool, tries: int = 1
) -> StripeResponse:
    try:
        return parse_response(status, headers, body, write=write, tries=tries)
    except StripeError as error:
        _last.append((error, body))
        raise


client.parse_response = _remembering  # type: ignore[attr-defined]
