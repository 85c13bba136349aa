"""The requests of Stripe's endpoints, and the values that they return."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from stripe_api import form
from stripe_api.json_decoding import decode_json

_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


StripeObject = Mapping[str, Any]
"""A JSON object, as Stripe sent it."""

StripeList = Mapping[str, Any]
"""Stripe's list envelope: `data`, newest first, and `has_more`."""


class StripeResponse(Mapping[str, Any]):
    """The JSON object of one response. Each member is decoded on first access. `body` has the bytes.

    `replayed`: Stripe repeated the stored response to an earlier request with the same idempotency key. `tries`: the
    number of attempts of this request. An earlier one may have taken effect although its response was lost.
    """

    __slots__ = ("_members", "body", "replayed", "request_id", "tries")

    def __init__(self, body: bytes, replayed: bool, request_id: str | None, tries: int) -> None:
        """Raises ValueError if `body` is not a JSON object."""
        members: dict[str, Any] = _members(body)
        if not body.isascii():
            body.decode()
        self.body = body
        self.replayed = replayed
        self.request_id = request_id
        self.tries = tries
        self._members = members

    def __getitem__(self, name: str) -> Any:
        value = self._members[name]
        if type(value) is msgspec.Raw:
            value = self._members[name] = decode_json(value)
        return value

    def get(self, name: str, default: Any = None) -> Any:
        """The member, or `default` if there is none."""
        return self[name] if name in self._members else default

    def __iter__(self) -> Iterator[str]:
        return iter(self._members)

    def __len__(self) -> int:
        return len(self._members)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {len(self.body)} bytes>"

    def unread(self) -> StripeResponse:
        """The same response. What is read from it later is not kept in the original."""
        copy = object.__new__(StripeResponse)
        copy.body = self.body
        copy.replayed = self.replayed
        copy.request_id = self.request_id
        copy.tries = self.tries
        copy._members = self._members.copy()
        return copy


class StripeRequest(NamedTuple):
    """One request, before it is encoded. `path` is a template, as in Stripe's reference. `ids` are its variables.

    `stripe_version` replaces the API version of the client.
    """

    method: str
    path: str
    ids: Mapping[str, str]
    params: Mapping[str, form.Value | None]
    idempotency_key: str | None = None
    stripe_version: str | None = None


Sending = Coroutine[Any, Any, StripeResponse]
"""Sends a request when it is awaited. Raises StripeError."""


class Endpoints:
    """The endpoints of one resource: one method per endpoint. Each raises StripeError when its result is awaited."""

    def __init__(self, send: Callable[[StripeRequest], Sending]) -> None:
        self._send = send

    def _get(self, path: str, ids: Mapping[str, str], params: Mapping[str, form.Value | None]) -> Sending:
        return self._send(StripeRequest("GET", path, ids, params))

    def _post(
        self,
        path: str,
        ids: Mapping[str, str],
        params: Mapping[str, form.Value | None],
        idempotency_key: str | None,
    ) -> Sending:
        return self._send(StripeRequest("POST", path, ids, params, idempotency_key))
