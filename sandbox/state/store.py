"""All objects of the sandbox's account, in memory."""

from collections.abc import Callable, Sequence

from sandbox.http.api_request import ApiRequest
from sandbox.json_object import Json
from sandbox.objects.confirmation_token import ConfirmationToken
from sandbox.objects.customer import Customer
from sandbox.objects.event import Event
from sandbox.objects.event import new_body as new_event
from sandbox.objects.mandate import Mandate
from sandbox.objects.payment_method import PaymentMethod
from sandbox.objects.record import Record
from sandbox.objects.setup_attempt import SetupAttempt
from sandbox.objects.setup_intent import SetupIntent
from sandbox.objects.subscription import Subscription
from sandbox.objects.webhook_endpoint import WebhookEndpoint
from sandbox.state.clock import Clock
from sandbox.state.collection import Collection
from sandbox.state.events import Events
from sandbox.state.ids import new_id
from sandbox.state.ledger import Ledger
from sandbox.state.settings import AccountSettings

EventSubscriber = Callable[[Event, Sequence[WebhookEndpoint]], None]


class Store:
    """The account: one collection per type of object, and the payment methods of each customer."""

    def __init__(self, clock: Clock, *, forward_to: WebhookEndpoint | None = None) -> None:
        self.clock = clock
        # An endpoint that the API neither lists nor deletes, like that of Stripe's command line.
        self.forward_to = forward_to
        self._first_secrets = forward_to.secrets if forward_to else None
        self._subscribers: list[EventSubscriber] = []
        self.ledger = Ledger(clock)
        self.settings = AccountSettings()
        self.clear()

    def clear(self) -> None:
        """Deletes every object. The endpoint of `forward_to` gets its first secret back."""
        self.customers = Collection[Customer]("customer", 5_000)
        self.payment_methods = Collection[PaymentMethod]("payment_method", 20_000)
        self.confirmation_tokens = Collection[ConfirmationToken]("confirmation_token", 10_000)
        self.mandates = Collection[Mandate]("mandate", 10_000)
        self.setup_attempts = Collection[SetupAttempt]("setup_attempt", 10_000)
        self.setup_intents = Collection[SetupIntent]("setup_intent", 5_000)
        self.subscriptions = Collection[Subscription]("subscription", 1_000)
        self.events = Events("event", 10_000)
        self.webhook_endpoints = Collection[WebhookEndpoint]("webhook_endpoint", 100)
        self._wallets: dict[str, dict[str, PaymentMethod]] = {}
        if self.forward_to and self._first_secrets:
            self.forward_to.secrets = self._first_secrets

    def counts(self) -> dict[str, int]:
        """Returns the number of objects of each type."""
        return {name: len(value) for name, value in vars(self).items() if isinstance(value, Collection)}

    def now(self) -> int:
        """Returns the time in whole seconds, as in `created`."""
        return self.clock.now()

    def record_event(
        self, request: ApiRequest, type: str, record: Record, customer: str | None, *, before: Json | None = None
    ) -> None:
        """Adds a change to the ledger, and creates the event of that type. `before` is the body before an update.

        Changes for which Stripe has no event, such as the creation of a payment method, are only in the ledger.
        """
        self.ledger.record(request, type, record, customer)
        endpoints = [endpoint for endpoint in self.all_webhook_endpoints() if endpoint.accepts(type)]
        body = new_event(new_id("evt"), type, record.body, before, request, self.now(), pending_webhooks=len(endpoints))
        event = self.events.add(Event(body))
        for subscriber in self._subscribers:
            subscriber(event, endpoints)

    def add_second_event(self, event: Event) -> Event:
        """Returns a further event for the same change, to be sent to one endpoint. Subscribers are not called."""
        return self.events.add(Event({**event.body, "id": new_id("evt"), "pending_webhooks": 1}))

    def subscribe(self, subscriber: EventSubscriber) -> None:
        """Calls the function with each new event and the webhook endpoints that accept it."""
        self._subscribers.append(subscriber)

    def is_receiving(self, endpoint: WebhookEndpoint) -> bool:
        """Returns whether the endpoint still exists and is enabled."""
        return endpoint.is_enabled and endpoint in self.all_webhook_endpoints()

    def all_webhook_endpoints(self) -> list[WebhookEndpoint]:
        """Returns the webhook endpoints of the API, and the one of `forward_to` if there is one."""
        return [*([self.forward_to] if self.forward_to else []), *self.webhook_endpoints.oldest_first()]

    def wallet(self, customer: str) -> list[PaymentMethod]:
        """Returns the payment methods attached to a customer, newest first."""
        return sorted(self._wallets.get(customer, {}).values(), key=lambda method: -method.sequence)

    def wallet_size(self, customer: str) -> int:
        """Returns how many payment methods are attached to a customer."""
        return len(self._wallets.get(customer, ()))

    def attach(self, method: PaymentMethod, customer: Customer) -> None:
        """Attaches the payment method. The caller has checked that this is allowed."""
        method.body |= {"customer": customer.id, "customer_account": customer.body.get("customer_account")}
        self._wallets.setdefault(customer.id, {})[method.id] = method

    def detach(self, method: PaymentMethod) -> None:
        """Detaches the payment method, which is then unusable. A legacy card is deleted."""
        self._wallets.get(method.customer or "", {}).pop(method.id, None)
        method.body |= {"customer": None, "customer_account": None}
        method.unusable = True
        if method.is_legacy_card:
            self.payment_methods.remove(method.id)
