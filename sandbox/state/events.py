"""The account's events. The oldest are deleted at the limit, because a client can't delete any."""

from sandbox.objects.webhooks.event import Event
from sandbox.state.collection import Collection

# Stripe keeps events for 30 days.
RETENTION_SECONDS = 30 * 24 * 60 * 60


class Events(Collection[Event]):
    """Holds the newest `limit` events."""

    def add(self, record: Event) -> Event:
        """Adds the event and returns it."""
        if self.is_full:
            self.remove(next(self.oldest_first()).id)
        return super().add(record)
