"""Labels whose values others choose, such as the types of Stripe's events."""

from __future__ import annotations

OTHER = "other"


class BoundedLabels:
    """The first `limit` values become labels. All later ones share the label OTHER."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._values: set[str] = set()

    def label(self, value: str) -> str:
        """The label for a value."""
        if value not in self._values:
            if len(self._values) >= self._limit:
                return OTHER
            self._values.add(value)
        return value
