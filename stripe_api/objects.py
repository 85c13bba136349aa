"""What comes back from Stripe, and the shape of a request for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

import msgspec

from stripe_api import form

_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


StripeObject = Mapping[str, Any]
"""A JSON object, as Stripe sent it."""

StripeList = Mapping[str, Any]
"""Stripe's list envelope: `data`, newest first, and `has_more`."""


class StripeResponse(Mapping[str, Any]):
    """The object of one answer: its bytes in `body`, each member read when it is first asked for.

    `replayed`: Stripe repeated the stored response to an earlier request with the same idempotency key. `tries`: the
    number of tries of this request, of which an earlier one may have taken effect without a response.
    """

    __slots__ = ("_members", "_mend", "body", "replayed", "request_id", "tries")

    def __init__(
        self,
        body: bytes,
        mend: Callable[[bytes], Any],
        *,
        replayed: bool = False,
        request_id: str | None = None,
        tries: int = 1,
    ) -> None:
        """`mend` reads a member that is whole but odd. Raises ValueError for what is no JSON object."""
        members: dict[str, Any] = _members(body)
        if not body.isascii():
            body.decode()
        self.body = body
        self.replayed = replayed
        self.request_id = request_id
        self.tries = tries
        self._members = members
        self._mend = mend

    def __getitem__(self, name: str) -> Any:
        value = self._members[name]
        if type(value) is msgspec.Raw:
            value = self._members[name] = self._read(value)
        return value

    def get(self, name: str, default: Any = None) -> Any:
        """The member, or `default` where there is none."""
        return self[name] if name in self._members else default

    def __iter__(self) -> Iterator[str]:
        return iter(self._members)

    def __len__(self) -> int:
        return len(self._members)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {len(self.body)} bytes>"

    def _read(self, value: msgspec.Raw) -> Any:
        try:
            return msgspec.json.decode(value)
        except (ValueError, RecursionError):
            return self._mend(bytes(value))


class Request(Protocol):
    """Sends one request. `path` is as in Stripe's reference; `ids` take the places named in it."""

    async def __call__(
        self,
        method: str,
        path: str,
        ids: Mapping[str, str],
        params: Mapping[str, form.Value | None],
        *,
        idempotency_key: str | None = None,
    ) -> StripeResponse: ...
