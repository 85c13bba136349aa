"""Idempotency keys: the first outcome is kept for a day and given again to whoever repeats the request."""

from dataclasses import dataclass

from sandbox.errors import IdempotencyError, ParameterError
from sandbox.http.response import Answer
from sandbox.state.clock import Clock

LONGEST_KEY = 255
KEPT_FOR = 24 * 60 * 60


@dataclass(slots=True)
class _Memory:
    fingerprint: str
    expires: float
    outcome: "Outcome | None" = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the first request with a key came to, and that request's id."""

    answer: Answer
    request_id: str


class IdempotencyKeys:
    """Remembers at most `limit` keys, and drops the oldest before it would exceed them."""

    def __init__(self, clock: Clock, limit: int = 10_000) -> None:
        self._clock = clock
        self._limit = limit
        self._memories: dict[str, _Memory] = {}

    def claim(self, key: str, fingerprint: str) -> Outcome | None:
        """Returns the outcome to give again, or None when the key is the caller's to run with.

        Raises IdempotencyError when the key belongs to another request, or to one that is still running.
        """
        memory = self._living(key)
        if memory is None:
            self._make_room()
            self._memories[key] = _Memory(fingerprint, self._clock.time() + KEPT_FOR)
            return None
        if memory.fingerprint != fingerprint:
            raise _other_request(key)
        if memory.outcome is None:
            raise _in_use(key)
        return memory.outcome

    def keep(self, key: str, outcome: Outcome) -> None:
        """Remembers what the request that claimed the key came to."""
        if key in self._memories:
            self._memories[key].outcome = outcome

    def forget(self, key: str) -> None:
        """Frees the key, as if it had never been used."""
        self._memories.pop(key, None)

    def clear(self) -> None:
        """Frees all keys."""
        self._memories.clear()

    def _living(self, key: str) -> _Memory | None:
        memory = self._memories.get(key)
        if memory and memory.expires <= self._clock.time():
            del self._memories[key]
            return None
        return memory

    def _make_room(self) -> None:
        while len(self._memories) >= self._limit:
            del self._memories[next(iter(self._memories))]


def checked_key(key: str) -> str:
    """Returns the key. Raises ParameterError when it is too long."""
    if len(key) > LONGEST_KEY:
        raise ParameterError(f"Idempotency keys can be at most {LONGEST_KEY} characters long.")
    return key


def _other_request(key: str) -> IdempotencyError:
    return IdempotencyError(
        "Keys for idempotent requests can only be used with the same parameters they were first used with."
        f" Try using a key other than '{key}' if you meant to execute a different request."
    )


def _in_use(key: str) -> IdempotencyError:
    message = f"There is currently another in-progress request using the idempotency key '{key}'. Try again later."
    return IdempotencyError(message, status=409, code="idempotency_key_in_use")
