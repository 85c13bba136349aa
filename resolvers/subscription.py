"""Table of contents: the subscriptions. One of them sends the changes of a wallet."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import strawberry

from resolvers.subscriptions.wallet_changed import subscribe as wallet_changed
from schema.wallet_change import WalletChange


@strawberry.type(
    description=(
        "The subscriptions: over Server-Sent Events (Accept: text/event-stream), or over a WebSocket with the "
        "subprotocol graphql-transport-ws."
    )
)
class Subscription:
    wallet_changed: AsyncGenerator[WalletChange, None] = strawberry.subscription(
        resolver=wallet_changed,
        description=(
            "The changes of a wallet, from any source: this API, Stripe's dashboard, the card updater. Each change is "
            "sent at least once. Changes of the same kind and payment method within 250 ms are sent as one."
        ),
    )
