"""Stripe's objects as the sandbox keeps them: the body that is shown, and what is known beside it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from sandbox.cards.test_cards import Template
from sandbox.errors import Full
from sandbox.json_objects import Json

R = TypeVar("R", bound="Record")


@dataclass(slots=True, eq=False)
class Record:
    """An object's body, and what Stripe knows about it but does not show."""

    body: Json
    # Set when it joins a collection: the order of creation, which is the order of lists.
    sequence: int = 0

    @property
    def id(self) -> str:
        """Stripe's id of the object."""
        return str(self.body["id"])


@dataclass(slots=True, eq=False)
class Customer(Record):
    """A deleted customer stays, as a stub that still answers to its id."""

    deleted: bool = False


@dataclass(slots=True, eq=False)
class PaymentMethod(Record):
    """`spent` says that it was detached, or used once without a customer: it is of no use ever after."""

    template: Template | None = None
    spent: bool = False

    @property
    def legacy(self) -> bool:
        """Whether it is a card of the time before PaymentMethods, which a customer has as a source."""
        return self.id.startswith("card_")

    @property
    def customer(self) -> str | None:
        """Id of the customer it is attached to."""
        customer: str | None = self.body["customer"]
        return customer


@dataclass(slots=True, eq=False)
class SetupIntent(Record):
    """Its status says what may happen to it next."""


@dataclass(slots=True, eq=False)
class SetupAttempt(Record):
    """One confirmation of an intent. `return_url` is where the payer goes after authentication."""

    return_url: str | None = None

    def show_authentication(self, result: str, reason: str | None) -> None:
        """Writes down how 3-D Secure went."""
        self.body["payment_method_details"]["card"]["three_d_secure"] = {
            "authentication_flow": "challenge",
            "electronic_commerce_indicator": "05" if result == "authenticated" else None,
            "result": result,
            "result_reason": reason,
            "transaction_id": None,
            "version": "2.2.0",
        }


@dataclass(slots=True, eq=False)
class Subscription(Record):
    """Here only to show which method pays for it."""


class Collection(Generic[R]):
    """Objects of one kind, by id and in order of creation."""

    def __init__(self, noun: str, limit: int) -> None:
        self.noun = noun
        self._limit = limit
        self._records: dict[str, R] = {}
        self._sequence = 0

    def __len__(self) -> int:
        return len(self._records)

    def add(self, record: R) -> R:
        """Returns the record, now a member. Raises Full rather than grow without end."""
        if len(self) >= self._limit:
            raise Full(self.noun, self._limit)
        self._sequence += 1
        record.sequence = self._sequence
        self._records[record.id] = record
        return record

    def remove(self, id: str) -> None:
        """Forgets the object with that id."""
        del self._records[id]

    def get(self, id: str) -> R | None:
        """Returns the object with that id, or None."""
        return self._records.get(id)

    def newest_first(self) -> Iterator[R]:
        """Returns all of them in the order of Stripe's lists."""
        return reversed(self._records.values())
