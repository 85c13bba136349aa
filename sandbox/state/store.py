"""All that the sandbox remembers of Stripe's objects, in memory and bounded."""

from sandbox.objects.records import Collection, Customer, PaymentMethod, SetupAttempt, SetupIntent, Subscription
from sandbox.state.clock import Clock
from sandbox.state.ledger import Ledger


class Store:
    """The account: its objects, and the rules that join them to each other."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.ledger = Ledger(clock)
        # An account whose Radar rules turn a failed CVC or postal check into a refusal.
        self.refuse_failed_checks = False
        self.clear()

    def clear(self) -> None:
        """Forgets every object."""
        self.customers = Collection[Customer]("customer", 5_000)
        self.payment_methods = Collection[PaymentMethod]("payment_method", 20_000)
        self.setup_attempts = Collection[SetupAttempt]("setup_attempt", 10_000)
        self.setup_intents = Collection[SetupIntent]("setup_intent", 5_000)
        self.subscriptions = Collection[Subscription]("subscription", 1_000)
        self._wallets: dict[str, dict[str, PaymentMethod]] = {}

    def counts(self) -> dict[str, int]:
        """Returns how many objects of each kind there are."""
        names = ("customers", "payment_methods", "setup_attempts", "setup_intents", "subscriptions")
        return {name: len(getattr(self, name)) for name in names}

    def now(self) -> int:
        """Returns the time in whole seconds, as `created` has it."""
        return self.clock.now()

    def wallet(self, customer: str) -> list[PaymentMethod]:
        """Returns the methods attached to a customer, newest first."""
        return sorted(self._wallets.get(customer, {}).values(), key=lambda method: -method.sequence)

    def wallet_size(self, customer: str) -> int:
        """Returns how many methods are attached to a customer."""
        return len(self._wallets.get(customer, ()))

    def attach(self, method: PaymentMethod, customer: Customer) -> None:
        """Joins the two; the caller has made sure that they may be."""
        method.body |= {"customer": customer.id, "customer_account": customer.body.get("customer_account")}
        self._wallets.setdefault(customer.id, {})[method.id] = method

    def detach(self, method: PaymentMethod) -> None:
        """Parts the method from its customer, for good. A legacy card is deleted."""
        self._wallets.get(method.customer or "", {}).pop(method.id, None)
        method.body |= {"customer": None, "customer_account": None}
        method.spent = True
        if method.legacy:
            self.payment_methods.remove(method.id)
