"""A customer's payment methods, page by page, as a Relay connection."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import strawberry

from schema.list_size import PAGE_SIZE
from schema.open_enum import ONLY_IN_RESULTS, UNKNOWN_VALUE, OpenEnum, enum_value
from schema.payment_methods.payment_method_type import PaymentMethodType
from schema.reading import View, computed, member, reader, stripe_type

if TYPE_CHECKING:
    from schema.payment_methods.payment_method import PaymentMethod


@strawberry.enum(
    description=f"Whether a saved payment method may be shown again at a later checkout. {ONLY_IN_RESULTS}"
)
class AllowRedisplay(OpenEnum):
    ALWAYS = enum_value("always", "It may be shown at any checkout of its customer.")
    LIMITED = enum_value(
        "limited", "It may be shown only where the customer agreed to it, for example for one subscription."
    )
    UNSPECIFIED = enum_value("unspecified", "Not specified. Stripe's own checkouts do not show it.")
    UNKNOWN = UNKNOWN_VALUE


@dataclass(frozen=True)
class PageArguments:
    """The arguments of a list field, not validated yet."""

    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None
    type: PaymentMethodType | None = None
    allow_redisplay: AllowRedisplay | None = None


First = Annotated[
    int | None,
    strawberry.argument(
        description=f"The number of entries, from the start of the list or after the cursor. {PAGE_SIZE.description}"
    ),
]
After = Annotated[
    str | None,
    strawberry.argument(
        description=(
            "A cursor: the page starts after it, with older entries. Only with first, or without first and last."
        )
    ),
]
Last = Annotated[
    int | None,
    strawberry.argument(
        description=f"The number of entries, up to the end of the list or before the cursor. {PAGE_SIZE.description}"
    ),
]
Before = Annotated[
    str | None,
    strawberry.argument(
        description="A cursor: the page ends before it, with newer entries. Only with last, or without first and last."
    ),
]
TypeFilter = Annotated[
    PaymentMethodType | None,
    strawberry.argument(description="Return only payment methods of this type. All types if null or omitted."),
]
AllowRedisplayFilter = Annotated[
    AllowRedisplay | None,
    strawberry.argument(description="Return only payment methods with this value. All if null or omitted."),
]


class PageBounds(NamedTuple):
    """Whether the list has entries after a page, and before it."""

    has_next: bool
    has_previous: bool


CursorOf = Callable[[str], str]
"""Converts a payment method's id to its cursor."""

_text = reader(str)


class _EdgeView(View):
    """A view over a payment method in a list."""

    def __init__(self, json: Mapping[str, Any], cursor_of: CursorOf = str) -> None:
        super().__init__(json)
        self.cursor_of = cursor_of

    def own_cursor(self) -> str | None:
        """The cursor of this entry."""
        id = _text(self.json.get("id"))
        return None if id is None else self.cursor_of(id)


class _PageView(View):
    """A view over Stripe's list object. Its has_more covers one direction, so that both bounds are passed in."""

    def __init__(self, json: Mapping[str, Any], bounds: PageBounds, cursor_of: CursorOf = str) -> None:
        super().__init__(json)
        self.bounds = bounds
        self.cursor_of = cursor_of

    def cursor_at(self, index: int) -> str | None:
        """The cursor of the entry at an index; None if there is none."""
        entries = self.json.get("data")
        entry = entries[index] if isinstance(entries, list) and entries else None
        return _EdgeView(entry, self.cursor_of).own_cursor() if isinstance(entry, Mapping) else None

    def edges_of(self, nodes: list[View] | None) -> list[View] | None:
        """The edges of these payment methods."""
        return None if nodes is None else [PaymentMethodEdge(node.json, self.cursor_of) for node in nodes]


@stripe_type("The position of a page in the whole list.")
class PageInfo(_PageView):
    has_next_page: bool = computed(
        lambda page: page.bounds.has_next, "Whether the list has older entries after this page."
    )
    has_previous_page: bool = computed(
        lambda page: page.bounds.has_previous, "Whether the list has newer entries before this page."
    )
    start_cursor: str | None = computed(
        lambda page: page.cursor_at(0), "Cursor of the first entry. Null if the page is empty."
    )
    end_cursor: str | None = computed(
        lambda page: page.cursor_at(-1), "Cursor of the last entry. Null if the page is empty."
    )


@stripe_type("A payment method and its position in the list.")
class PaymentMethodEdge(_EdgeView):
    cursor: str = computed(lambda edge: edge.own_cursor(), "The position, for after and before.")
    node: Annotated[PaymentMethod, strawberry.lazy("schema.payment_methods.payment_method")] = member(
        "The payment method.", path=()
    )


@stripe_type("One page of a customer's payment methods, newest first.")
class PaymentMethodConnection(_PageView):
    edges: list[PaymentMethodEdge] = computed(
        lambda connection: connection.edges_of(connection.nodes), "The payment methods with their cursors."
    )
    nodes: list[Annotated[PaymentMethod, strawberry.lazy("schema.payment_methods.payment_method")]] = member(
        "The payment methods.", path=("data",)
    )
    page_info: PageInfo = computed(
        lambda connection: PageInfo(connection.json, connection.bounds, connection.cursor_of),
        "The position of the page in the whole list.",
    )
