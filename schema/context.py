"""The Protocol through which the schema calls the resolvers. `resolvers/context.py` implements it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar

import strawberry

if TYPE_CHECKING:
    from schema.billing_subscription import BillingSubscription
    from schema.client_access.customer_session import CustomerSession
    from schema.connection import PageArguments, PaymentMethodConnection
    from schema.customer import Customer
    from schema.payment_intents.payment_intent import PaymentIntent
    from schema.payment_methods.payment_method import PaymentMethod
    from schema.setup_intents.mandate import Mandate
    from schema.setup_intents.setup_error import SetupError
    from schema.setup_intents.setup_intent import SetupIntent
    from schema.viewer import Viewer
    from schema.wallet_change import WalletChange


T = TypeVar("T")

MaybeAwaitable: TypeAlias = T | Awaitable[T]
"""A value, or an awaitable of it if a REST call is needed. A coroutine costs more than most values."""


class Links(Protocol):
    """One method for each field that links to another object. `info` has the selection below the field."""

    def customer_of(
        self, owned: PaymentMethod | SetupIntent | PaymentIntent | CustomerSession, info: Info
    ) -> MaybeAwaitable[Customer | None]: ...

    def is_default(self, payment_method: PaymentMethod, info: Info) -> MaybeAwaitable[bool]: ...

    def default_payment_method_of(self, customer: Customer, info: Info) -> MaybeAwaitable[PaymentMethod | None]: ...

    def payment_methods_of(
        self, customer: Customer, page: PageArguments, info: Info
    ) -> Awaitable[PaymentMethodConnection]: ...

    def payment_method_of(
        self, owner: SetupIntent | PaymentIntent | SetupError | Mandate, info: Info
    ) -> MaybeAwaitable[PaymentMethod | None]: ...

    def subscriptions_of(
        self, payment_method: PaymentMethod, info: Info
    ) -> MaybeAwaitable[list[BillingSubscription]]: ...

    def paying_method_of(
        self, subscription: BillingSubscription, info: Info
    ) -> MaybeAwaitable[PaymentMethod | None]: ...

    def mandate_of(self, intent: SetupIntent, info: Info) -> MaybeAwaitable[Mandate | None]: ...

    def own_customer(self, viewer: Viewer, info: Info) -> Awaitable[Customer | None]: ...

    def changed_payment_method(self, change: WalletChange, info: Info) -> MaybeAwaitable[PaymentMethod | None]: ...

    def changed_customer(self, change: WalletChange, info: Info) -> Awaitable[Customer | None]: ...


class Context(Protocol):
    """`info.context` in every resolver."""

    @property
    def links(self) -> Links: ...

    def hides(self, what: str) -> bool:
        """Whether this is hidden from the caller: fingerprint or metadata."""


Info = strawberry.Info[Context, None]


def link(
    method: Callable[[Links], Callable[[Any, Info], Any]],
    description: str,
    *,
    metadata: Mapping[Any, Any] | None = None,
) -> Any:
    """A field that links to another object, which may need a REST call. `method` chooses the method of `Links`."""

    def resolve(self: Any, info: Info) -> Any:
        return method(info.context.links)(self, info)

    return strawberry.field(resolver=resolve, description=description, metadata=metadata)
