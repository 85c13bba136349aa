"""A customer's payment methods in pages, as Relay's connections."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import strawberry

from schema.open_enum import OpenEnum, open_enum
from schema.payment_method_type import PaymentMethodType
from schema.reading import View, computed, member, reader, stripe_type

if TYPE_CHECKING:
    from schema.payment_method import PaymentMethod

    class AllowRedisplay(OpenEnum): ...

else:
    AllowRedisplay = open_enum(
        "AllowRedisplay",
        "Whether a saved method may be shown again at a later checkout.",
        {
            "always": "It may be shown at any checkout of this customer.",
            "limited": "It may be shown only where its customer asked for it, for example for one subscription.",
            "unspecified": "Nobody said. Stripe's own checkouts then don't show it.",
        },
    )


@dataclass(frozen=True)
class PageArguments:
    """Which page is asked for, and of what; as the client said it, not checked yet."""

    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None
    type: PaymentMethodType | None = None
    allow_redisplay: AllowRedisplay | None = None


First = Annotated[int | None, strawberry.argument(description="How many, from the start or after.")]
After = Annotated[str | None, strawberry.argument(description="Cursor to go on from, to older ones.")]
Last = Annotated[int | None, strawberry.argument(description="How many, up to the end or before.")]
Before = Annotated[str | None, strawberry.argument(description="Cursor to go back from, to newer ones.")]
TypeFilter = Annotated[
    PaymentMethodType | None, strawberry.argument(description="Only this type. Every type when left out.")
]
AllowRedisplayFilter = Annotated[
    AllowRedisplay | None, strawberry.argument(description="Only methods that carry this mark.")
]


class PageBounds(NamedTuple):
    """Whether the list has entries after a page, and before it."""

    has_next: bool
    has_previous: bool


CursorOf = Callable[[str], str]
"""From a payment method's id to its cursor."""

_text = reader(str)


class _EdgeView(View):
    """A view over a payment method at its place in a list."""

    def __init__(self, json: Mapping[str, Any], cursor_of: CursorOf = str) -> None:
        super().__init__(json)
        self.cursor_of = cursor_of

    def own_cursor(self) -> str | None:
        """The cursor of this place."""
        id = _text(self.json.get("id"))
        return None if id is None else self.cursor_of(id)


class _PageView(View):
    """A view over Stripe's list envelope, which tells of one side alone whether there is more."""

    def __init__(self, json: Mapping[str, Any], bounds: PageBounds, cursor_of: CursorOf = str) -> None:
        super().__init__(json)
        self.bounds = bounds
        self.cursor_of = cursor_of

    def cursor_at(self, index: int) -> str | None:
        """The cursor of one entry; None if there is none."""
        entries = self.json.get("data")
        entry = entries[index] if isinstance(entries, list) and entries else None
        return _EdgeView(entry, self.cursor_of).own_cursor() if isinstance(entry, Mapping) else None

    def edges_of(self, nodes: list[View] | None) -> list[View] | None:
        """The edges to these methods."""
        return None if nodes is None else [PaymentMethodEdge(node.json, self.cursor_of) for node in nodes]


@stripe_type(description="Where a page stands in the whole list.")
class PageInfo(_PageView):
    has_next_page: bool = computed(
        lambda page: page.bounds.has_next, description="Whether older ones follow after the page's end."
    )
    has_previous_page: bool = computed(
        lambda page: page.bounds.has_previous, description="Whether newer ones come before the page's start."
    )
    start_cursor: str | None = computed(
        lambda page: page.cursor_at(0), description="Cursor of the page's first entry. Null when the page is empty."
    )
    end_cursor: str | None = computed(
        lambda page: page.cursor_at(-1), description="Cursor of the page's last entry. Null when the page is empty."
    )


@stripe_type(description="A payment method's place in the list.")
class PaymentMethodEdge(_EdgeView):
    cursor: str = computed(lambda edge: edge.own_cursor(), description="Where the method stands, for after and before.")
    node: Annotated[PaymentMethod, strawberry.lazy("schema.payment_method")] = member(
        path=(), description="The payment method."
    )


@stripe_type(description="One page of a customer's payment methods, newest first.")
class PaymentMethodConnection(_PageView):
    edges: list[PaymentMethodEdge] = computed(
        lambda connection: connection.edges_of(connection.nodes), description="The methods with their cursors."
    )
    nodes: list[Annotated[PaymentMethod, strawberry.lazy("schema.payment_method")]] = member(
        path=("data",), description="The methods themselves."
    )
    page_info: PageInfo = computed(
        lambda connection: PageInfo(connection.json, connection.bounds, connection.cursor_of),
        description="Where the page stands.",
    )
