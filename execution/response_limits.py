"""The limit of the fields in a response."""

from __future__ import annotations

from dataclasses import dataclass


class ResponseTooLarge(Exception):
    """The response has more fields than the limit. Resolvers may have run, including writes."""


@dataclass(slots=True)
class FieldCount:
    """Counts down from the limit."""

    left: int

    def add(self, fields: int) -> None:
        """Count some fields. Raises ResponseTooLarge above the limit."""
        self.left -= fields
        if self.left < 0:
            raise ResponseTooLarge
