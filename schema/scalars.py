"""The custom scalars."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NewType

import strawberry
from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition

JSON = NewType("JSON", object)
"""Any JSON value."""


def write_instant(value: datetime) -> str:
    """RFC 3339 in UTC, to the second, with a Z."""
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def _read_instant(value: Any) -> datetime:
    try:
        instant = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        # Any other exception would be an error of the service.
        raise GraphQLError("DateTime is a string such as 2023-03-27T19:46:42Z.") from None
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


SCALARS: Mapping[object, ScalarDefinition] = {
    datetime: strawberry.scalar(
        name="DateTime",
        description=(
            "A point in time: RFC 3339 in UTC, for example 2023-03-27T19:46:42Z. Converted from Stripe's Unix seconds."
        ),
        specified_by_url="https://scalars.graphql.org/andimarek/date-time",
        serialize=write_instant,
        parse_value=_read_instant,
    ),
    JSON: strawberry.scalar(
        name="JSON",
        description="A JSON value whose structure is defined by Stripe or by the owner of the Stripe account.",
        parse_value=lambda value: value,
    ),
}
"""For StrawberryConfig's scalar_map."""
