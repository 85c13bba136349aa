"""The log lines of events from Stripe: one for each event that concerns a wallet."""

from __future__ import annotations

import logging

from serving.telemetry import logs
from serving.telemetry.event_record import EventRecord

logger = logs.logger("attache.events")

_UNUSABLE = ("malformed", "not_json", "other_account", "unavailable")
"""Outcomes that indicate a wrong configuration or a failure."""


class EventLog:
    """Observes events and logs them. There may be many unusable ones, so equal ones share a line with their number."""

    def __init__(self) -> None:
        self._repeated = logs.RepeatedEvents(logger)

    def event_handled(self, record: EventRecord) -> None:
        """Log an event."""
        if record.outcome in _UNUSABLE:
            key = {"source": record.source, "outcome": record.outcome}
            self._repeated.log(
                logging.WARNING, "event not handled", key, id=record.id, type=record.type, account=record.account
            )
            return
        log = logger.info if record.outcome == "handled" else logger.debug
        log(
            "event",
            id=record.id,
            type=record.type,
            account=record.account,
            source=record.source,
            outcome=record.outcome,
            wallets=record.wallets,
            delay=round(record.delay, 1) if record.delay is not None else None,
            ms=round(record.seconds * 1000, 1),
        )

    def flush(self) -> None:
        """Log the events that were counted and not logged yet."""
        self._repeated.flush()
