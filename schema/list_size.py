"""The size of a list field, declared with the field. The resolver and the cost of an operation both use it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class ListSize:
    """The entries that a client requests by one of the `arguments`: their number, or a list with an item for each."""

    arguments: tuple[str, ...]
    maximum: int
    default: int = 1
    """The number of entries if the client gives none of the arguments."""

    @property
    def description(self) -> str:
        """The range and the default. No argument has a default value, because a client gives only one of them."""
        return f"0 to {self.maximum}; {self.default} if {' and '.join(self.arguments)} are both omitted."

    @property
    def metadata(self) -> Mapping[str, object]:
        """The `metadata` of the Strawberry field. `serving/graphql/limits/cost.py` reads it."""
        return {"list_size": self}


PAGE_SIZE = ListSize(("first", "last"), maximum=100, default=10)
"""For connections. Stripe's largest page has 100 entries."""
