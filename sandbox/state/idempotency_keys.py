"""Idempotency keys: the response to the first request is stored for a day and replayed when the request is repeated."""

from dataclasses import dataclass, replace

from sandbox.errors import IdempotencyError, ParameterError
from sandbox.http.response import HttpResponse
from sandbox.state.clock import Clock

MAX_LENGTH = 255
LIFETIME = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class _Entry:
    fingerprint: str
    request_id: str
    expires: float
    response: HttpResponse | None = None


class IdempotencyKeys:
    """Stores at most `limit` keys. Beyond that, the oldest are deleted. A request may have no key (None)."""

    def __init__(self, clock: Clock, limit: int = 10_000) -> None:
        self._clock = clock
        self._limit = limit
        self._entries: dict[str, _Entry] = {}

    def claim(self, key: str | None, fingerprint: str, request_id: str) -> HttpResponse | None:
        """Returns the response to replay, or None when the request may run. `fingerprint` identifies its content.

        Raises IdempotencyError when the key belongs to another request, or to one that is still running.
        """
        if not key:
            return None
        entry = self._current_entry(key)
        if entry is None:
            self._make_room()
            self._entries[key] = _Entry(fingerprint, request_id, self._clock.time() + LIFETIME)
            return None
        if entry.fingerprint != fingerprint:
            raise _other_request(key)
        if entry.response is None:
            raise _in_use(key)
        return entry.response.with_headers({"idempotent-replayed": "true", "original-request": entry.request_id})

    def store(self, key: str | None, response: HttpResponse) -> None:
        """Stores the response to the request that claimed the key."""
        if key and key in self._entries:
            self._entries[key] = replace(self._entries[key], response=response)

    def release(self, key: str | None) -> None:
        """Deletes the key, so that it can be claimed again."""
        self._entries.pop(key or "", None)

    def clear(self) -> None:
        """Deletes all keys."""
        self._entries.clear()

    def _current_entry(self, key: str) -> _Entry | None:
        entry = self._entries.get(key)
        if entry and entry.expires <= self._clock.time():
            del self._entries[key]
            return None
        return entry

    def _make_room(self) -> None:
        while len(self._entries) >= self._limit:
            del self._entries[next(iter(self._entries))]


def checked_key(key: str | None) -> str | None:
    """Returns the key. Raises ParameterError when it is too long."""
    if key and len(key) > MAX_LENGTH:
        raise ParameterError(f"Idempotency keys can be at most {MAX_LENGTH} characters long.")
    return key


def _other_request(key: str) -> IdempotencyError:
    return IdempotencyError(
        "Keys for idempotent requests can only be used with the same parameters they were first used with."
        f" Try using a key other than '{key}' if you meant to execute a different request."
    )


def _in_use(key: str) -> IdempotencyError:
    message = f"There is currently another in-progress request using the idempotency key '{key}'. Try again later."
    return IdempotencyError(message, status=409, code="idempotency_key_in_use")
