"""All objects of one account, in memory: the platform's, or a connected account's."""

from collections.abc import Iterator

from sandbox.errors import CollectionFull
from sandbox.http.api_request import ApiRequest
from sandbox.json_object import Json
from sandbox.objects.customers.customer import Customer
from sandbox.objects.customers.customer_key import CustomerKey
from sandbox.objects.intents.charge import Charge
from sandbox.objects.intents.payment_attempt import PaymentAttempt
from sandbox.objects.intents.payment_intent import PaymentIntent
from sandbox.objects.intents.setup_attempt import SetupAttempt
from sandbox.objects.intents.setup_intent import SetupIntent
from sandbox.objects.payment_methods.confirmation_token import ConfirmationToken
from sandbox.objects.payment_methods.mandate import Mandate
from sandbox.objects.payment_methods.payment_method import PaymentMethod
from sandbox.objects.record import Record
from sandbox.objects.subscriptions.subscription import Subscription
from sandbox.objects.webhooks.event import Change, Event
from sandbox.objects.webhooks.event import new_body as new_event
from sandbox.objects.webhooks.webhook_endpoint import WebhookEndpoint
from sandbox.state.clock import Clock
from sandbox.state.collection import Collection
from sandbox.state.environment import Environment, EventSubscriber
from sandbox.state.idempotency_keys import IdempotencyKeys
from sandbox.state.ids import new_id
from sandbox.state.ledger import Ledger
from sandbox.state.settings import AccountSettings

MAX_CONNECTED = 100


class Store:
    """The objects of an account: one collection per type, and the payment methods of each customer.

    The platform's store has those of its connected accounts. `account` is the id of a connected account.
    """

    def __init__(
        self, environment: Environment, *, account: str | None = None, platform: "Store | None" = None
    ) -> None:
        self.environment = environment
        self.account = account
        self.platform = platform
        self.connected: dict[str, Store] = {}
        self.idempotency_keys = IdempotencyKeys(environment.clock)
        self.clear()

    @property
    def clock(self) -> Clock:
        """The sandbox's clock."""
        return self.environment.clock

    @property
    def ledger(self) -> Ledger:
        """Every change of state, of all accounts."""
        return self.environment.ledger

    @property
    def settings(self) -> AccountSettings:
        """How all accounts behave where Stripe leaves a choice."""
        return self.environment.settings

    @settings.setter
    def settings(self, settings: AccountSettings) -> None:
        self.environment.settings = settings

    def connect(self, account: str) -> "Store":
        """Returns the empty store of a new connected account. One that exists is emptied.

        Raises CollectionFull at the limit.
        """
        if account not in self.connected and len(self.connected) >= MAX_CONNECTED:
            raise CollectionFull("connected account", MAX_CONNECTED)
        self.connected[account] = store = Store(self.environment, account=account, platform=self)
        return store

    def all_accounts(self) -> Iterator["Store"]:
        """Yields this store and those of its connected accounts."""
        yield self
        yield from self.connected.values()

    def clear(self) -> None:
        """Deletes every object, idempotency key and connected account."""
        self.connected.clear()
        self.idempotency_keys.clear()
        self.customers = Collection[Customer]("customer", 5_000)
        self.payment_methods = Collection[PaymentMethod]("payment_method", 20_000)
        self.customer_keys = Collection[CustomerKey]("customer_key", 10_000, unknown="ephemeral key", drops_oldest=True)
        self.charges = Collection[Charge]("charge", 20_000)
        self.confirmation_tokens = Collection[ConfirmationToken](
            "confirmation_token", 10_000, unknown="confirmationtoken"
        )
        self.mandates = Collection[Mandate]("mandate", 10_000)
        self.payment_attempts = Collection[PaymentAttempt]("payment_attempt", 20_000)
        self.payment_intents = Collection[PaymentIntent]("payment_intent", 10_000)
        self.setup_attempts = Collection[SetupAttempt]("setup_attempt", 10_000)
        self.setup_intents = Collection[SetupIntent]("setup_intent", 5_000, unknown="setupintent")
        self.subscriptions = Collection[Subscription]("subscription", 1_000)
        self.events = Collection[Event]("event", 10_000, drops_oldest=True)
        self.webhook_endpoints = Collection[WebhookEndpoint]("webhook_endpoint", 100, unknown="webhook endpoint")
        self._wallets: dict[str, dict[str, PaymentMethod]] = {}

    def counts(self) -> dict[str, int]:
        """Returns the number of objects of each type."""
        return {name: len(value) for name, value in vars(self).items() if isinstance(value, Collection)}

    def now(self) -> int:
        """Returns the time in whole seconds, as in `created`."""
        return self.clock.now()

    def record_change(self, request: ApiRequest, operation: str, record: Record, customer: str | None = None) -> None:
        """Adds a change to the ledger for which Stripe has no event."""
        self.ledger.record(request, operation, record, customer, self.account)

    def record_event(
        self, request: ApiRequest, type: str, record: Record, customer: str | None, *, before: Json | None = None
    ) -> None:
        """Adds a change to the ledger, and creates the event of that type. `before` is the body before an update."""
        self.record_change(request, type, record, customer)
        endpoints = [endpoint for endpoint in self._endpoints_of_events() if endpoint.accepts(type)]
        change = Change(type, record.body, before, self.account)
        body = new_event(new_id("evt", record.id), change, request, self.now(), pending_webhooks=len(endpoints))
        event = self.events.add(Event(body))
        for subscriber in self.environment.subscribers:
            subscriber(event, endpoints)

    def add_second_event(self, event: Event) -> Event:
        """Returns a further event for the same change, to be sent to one endpoint. Subscribers are not called."""
        store = self.connected.get(event.body.get("account", ""), self)
        return store.events.add(Event({**event.body, "id": new_id("evt"), "pending_webhooks": 1}))

    def subscribe(self, subscriber: EventSubscriber) -> None:
        """Calls the function with each new event of any account and the webhook endpoints that accept it."""
        self.environment.subscribers.append(subscriber)

    def is_receiving(self, endpoint: WebhookEndpoint) -> bool:
        """Returns whether the endpoint still exists in any account and is enabled."""
        return endpoint.is_enabled and any(endpoint in store.all_webhook_endpoints() for store in self.all_accounts())

    def all_webhook_endpoints(self) -> list[WebhookEndpoint]:
        """Returns the webhook endpoints of the API, and the one of `forward_to` if there is one."""
        forward_to = self.environment.forward_to
        return [*([forward_to] if forward_to else []), *self.webhook_endpoints.oldest_first()]

    def _endpoints_of_events(self) -> list[WebhookEndpoint]:
        """Returns the endpoints that get this account's events: its own, and the platform's that ask for them."""
        own = [endpoint for endpoint in self.all_webhook_endpoints() if not endpoint.connect]
        others = self.platform.webhook_endpoints.oldest_first() if self.platform else ()
        return [*own, *(endpoint for endpoint in others if endpoint.connect)]

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
