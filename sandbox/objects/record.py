"""The base class of all stored objects."""

from dataclasses import dataclass

from sandbox.json_object import Json


@dataclass(slots=True, eq=False)
class Record:
    """An object's JSON body. Subclasses add what Stripe stores but does not return.

    Members of the body are replaced. Objects and arrays in it never change in place, because events share them.
    """

    body: Json
    # The position in the order of creation, set by the collection. Lists are sorted by it.
    sequence: int = 0

    @property
    def id(self) -> str:
        """Stripe's id of the object."""
        return str(self.body["id"])
