"""The fields of a response, counted while it is built."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext


class ResponseTooLarge(Exception):
    """The response has more fields than the limit. Resolvers may have run, writes among them."""


@dataclass(slots=True)
class FieldCount:
    """Counts down from the limit."""

    left: int

    def add(self, fields: int) -> None:
        """Count some fields. Raises ResponseTooLarge above the limit."""
        self.left -= fields
        if self.left < 0:
            raise ResponseTooLarge


class CountingExecutor(StrawberryGraphQLCoreExecutionContext):
    """graphql-core's executor, which executes no further field once the response has too many."""

    fields: FieldCount

    def execute_field(self, *args: Any, **named: Any) -> Any:
        """The field's value; None once the limit is exceeded, so that the execution ends in order and soon."""
        self.fields.left -= 1
        return super().execute_field(*args, **named) if self.fields.left >= 0 else None
