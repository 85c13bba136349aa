"""A customer's payment methods in pages, as Relay's connections."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import strawberry

from schema.open_enum import OpenEnum, open_enum
from schema.payment_method_type import PaymentMethodType
from schema.reading import View, computed, member, stripe_type

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
OfType = Annotated[
    PaymentMethodType | None, strawberry.argument(description="Only this type. Every type when left out.")
]
OfAllowRedisplay = Annotated[
    AllowRedisplay | None, strawberry.argument(description="Only methods that carry this mark.")
]


class Surroundings(NamedTuple):
    """Whether more of the list comes after a page, and before it."""

    next: bool
    previous: bool


class _OfPage(View):
    """A view over Stripe's list envelope, which tells of one side alone whether there is more."""

    def __init__(self, json: Mapping[str, Any], surroundings: Surroundings) -> None:
        super().__init__(json)
        self.surroundings = surroundings


def _cursor(connection: View, index: int) -> Any:
    entries = connection.json.get("data")
    entry = entries[index] if isinstance(entries, list) and entries else None
    return entry.get("id") if isinstance(entry, dict) else None


@stripe_type(description="Where a page stands in the whole list.")
class PageInfo(_OfPage):
    has_next_page: bool = computed(
        lambda page: page.surroundings.next, description="Whether older ones follow after the page's end."
    )
    has_previous_page: bool = computed(
        lambda page: page.surroundings.previous, description="Whether newer ones come before the page's start."
    )
    start_cursor: str | None = computed(
        lambda page: _cursor(page, 0), description="Cursor of the page's first entry. Null when the page is empty."
    )
    end_cursor: str | None = computed(
        lambda page: _cursor(page, -1), description="Cursor of the page's last entry. Null when the page is empty."
    )


@stripe_type(description="A payment method's place in the list.")
class PaymentMethodEdge(View):
    cursor: str = member(path=("id",), description="Where the method stands, for after and before.")
    node: Annotated[PaymentMethod, strawberry.lazy("schema.payment_method")] = member(
        path=(), description="The payment method."
    )


@stripe_type(description="One page of a customer's payment methods, newest first.")
class PaymentMethodConnection(_OfPage):
    edges: list[PaymentMethodEdge] = member(path=("data",), description="The methods with their cursors.")
    nodes: list[Annotated[PaymentMethod, strawberry.lazy("schema.payment_method")]] = member(
        path=("data",), description="The methods themselves."
    )
    page_info: PageInfo = computed(
        lambda connection: PageInfo(connection.json, connection.surroundings), description="Where the page stands."
    )
