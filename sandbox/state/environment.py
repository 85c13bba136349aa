"""The parts that all accounts of a sandbox have in common."""

from collections.abc import Callable, Sequence

from sandbox.objects.webhooks.event import Event
from sandbox.objects.webhooks.webhook_endpoint import WebhookEndpoint
from sandbox.state.clock import Clock
from sandbox.state.ledger import Ledger
from sandbox.state.settings import AccountSettings

EventSubscriber = Callable[[Event, Sequence[WebhookEndpoint]], None]


class Environment:
    """The clock, the ledger, the settings and the subscribers to events.

    `forward_to` is an endpoint that the API neither lists nor deletes, like that of Stripe's command line.
    """

    def __init__(self, clock: Clock, *, forward_to: WebhookEndpoint | None = None) -> None:
        self.clock = clock
        self.ledger = Ledger(clock)
        self.settings = AccountSettings()
        self.forward_to = forward_to
        self.subscribers: list[EventSubscriber] = []
        self._first_secrets = forward_to.secrets if forward_to else None

    def reset_forwarding(self) -> None:
        """Gives the endpoint of `forward_to` its first secret back."""
        if self.forward_to and self._first_secrets:
            self.forward_to.secrets = self._first_secrets
