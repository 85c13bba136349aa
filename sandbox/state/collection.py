"""Objects of one type, by id and in order of creation."""

from collections.abc import Iterator
from typing import Generic, TypeVar

from sandbox.errors import CollectionFull, MissingResource
from sandbox.objects.record import Record

R = TypeVar("R", bound=Record)


class Collection(Generic[R]):
    """Holds at most `limit` objects. `noun` names their type in error messages.

    `unknown` is the noun in the message about an unknown id, where Stripe has another one. With `drops_oldest`, the
    oldest object is deleted at the limit, because a client can't delete any.
    """

    def __init__(self, noun: str, limit: int, *, unknown: str | None = None, drops_oldest: bool = False) -> None:
        self.noun = noun
        self._unknown = unknown or noun
        self._drops_oldest = drops_oldest
        self._limit = limit
        self._records: dict[str, R] = {}
        self._sequence = 0

    def __len__(self) -> int:
        return len(self._records)

    def __getitem__(self, id: str) -> R:
        return self._records[id]

    def add(self, record: R) -> R:
        """Adds the object and returns it. Raises CollectionFull at the limit, unless the oldest is deleted then."""
        if len(self) >= self._limit:
            if not self._drops_oldest:
                raise CollectionFull(self.noun, self._limit)
            self.remove(next(iter(self._records)))
        self._sequence += 1
        record.sequence = self._sequence
        self._records[record.id] = record
        return record

    def remove(self, id: str) -> None:
        """Deletes the object with that id."""
        del self._records[id]

    def get(self, id: str) -> R | None:
        """Returns the object with that id, or None."""
        return self._records.get(id)

    def find(self, id: str, param: str, *, status: int = 400) -> R:
        """Returns the object that the parameter names. Raises MissingResource with that HTTP status."""
        record = self._records.get(id)
        if record is None:
            raise MissingResource(self._unknown, id, param, status=status)
        return record

    def oldest_first(self) -> Iterator[R]:
        """Returns all objects in the order of creation."""
        return iter(self._records.values())

    def newest_first(self) -> Iterator[R]:
        """Returns all objects in the order of Stripe's lists."""
        return reversed(self._records.values())
