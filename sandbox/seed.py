"""The objects of a new sandbox: Stripe's published examples, and a few customers to try things with."""

from sandbox.cards.test_card_lookup import TEST_CARDS
from sandbox.fixtures import load
from sandbox.json_object import Json
from sandbox.objects.customer import Customer
from sandbox.objects.payment_method import PaymentMethod
from sandbox.objects.subscription import Subscription
from sandbox.state.store import Store


def seed_store(store: Store) -> None:
    """Adds the objects to an empty store. The files list the oldest object first, which lists rely on."""
    for body in load("customers"):
        store.customers.add(Customer(body))
    for row in load("payment_methods"):
        _add_payment_method(store, row)
    for body in load("subscriptions"):
        store.subscriptions.add(Subscription(body))


def _add_payment_method(store: Store, row: Json) -> None:
    """Adds one payment method. In addition to the object, the row has its test card and whether it is unusable."""
    card = TEST_CARDS.get(row.get("token", ""))
    method = PaymentMethod(row["object"], test_card=card, unusable=row.get("unusable", False))
    store.payment_methods.add(method)
    customer = store.customers.get(method.customer) if method.customer else None
    if customer and not customer.is_deleted:
        store.attach(method, customer)
