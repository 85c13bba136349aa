"""Which Idempotency-Key Stripe sees: bound to the caller, the mutation and its step, so that no two can meet."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable

import msgspec

from resolvers.errors import invalid_input
from serving.auth import Caller

MAX_LENGTH = 255

_MADE = "made_by_attache_"

Keys = Callable[[str], str]
"""From a step of a mutation to its Idempotency-Key."""


def client_key(given: str | None) -> str:
    """The client's key, or one made for this request. Raises Refused when it is empty or too long."""
    if given is None:
        return _MADE + secrets.token_hex(16)
    if not 0 < len(given) <= MAX_LENGTH:
        raise invalid_input("idempotencyKey", f"An idempotency key has 1 to {MAX_LENGTH} characters.")
    return given


def is_made(key: str) -> bool:
    """Whether the service made the key, which a client has from an error. Its first request had no key."""
    return key.startswith(_MADE)


def keys(caller: Caller, mutation: str, key: str | None) -> Keys:
    """The keys of a mutation's steps. The input is no part of them: other input is then refused by Stripe itself."""

    def of_step(step: str) -> str:
        bound = msgspec.json.encode([caller.identity, mutation, step, key])
        return "attache-" + hashlib.sha256(bound).hexdigest()

    return of_step
