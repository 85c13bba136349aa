"""The log of subscriptions: one line for each, when it ends. Each change that is sent has a line as an operation."""

from __future__ import annotations

from collections.abc import Callable

from serving.telemetry import logs
from serving.telemetry.subscription_record import SubscriptionRecord


class SubscriptionLog:
    """Logs subscriptions. `digest` makes the digest of a caller's identity."""

    def __init__(self, digest: Callable[[str], str]) -> None:
        self._digest = digest
        self._logger = logs.logger("attache.subscription").bind()

    def event_sent(self, *, is_resync: bool) -> None:
        """Logs nothing: the operation that is executed for the event has its own line."""

    def subscription_ended(self, record: SubscriptionRecord) -> None:
        """Log the subscription."""
        subscribed = record.subscribed
        identity = subscribed.identity
        self._logger.info(
            "subscription",
            transport=record.transport,
            name=subscribed.name,
            document=subscribed.document_hash,
            caller=subscribed.caller,
            caller_id=self._digest(identity) if identity is not None else None,
            account=subscribed.account,
            ended=record.end,
            events=record.events,
            resyncs=record.resyncs,
            seconds=round(record.seconds, 1),
            trace_id=subscribed.trace_id,
        )
