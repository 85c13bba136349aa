"""The objects of a new sandbox: Stripe's published examples, and a few customers to try things with."""

from sandbox.cards.test_card_lookup import TEST_CARDS
from sandbox.fixtures import load
from sandbox.json_object import Json
from sandbox.objects.customers.customer import Customer
from sandbox.objects.payment_methods.payment_method import PaymentMethod
from sandbox.objects.subscriptions.subscription import Subscription
from sandbox.state.store import Store

_OBJECTS = ("customers", "payment_methods", "subscriptions")


def seed_platform(store: Store) -> None:
    """Adds the platform's objects to its empty store, and its connected accounts with theirs."""
    seed_account(store)
    for account in load("connected_accounts"):
        _add_objects(store.connect(account["id"]), account)


def seed_account(store: Store) -> None:
    """Adds the platform's objects to an empty store."""
    _add_objects(store, {name: load(name) for name in _OBJECTS})


def _add_objects(store: Store, objects: Json) -> None:
    """Adds the objects. Each list has the oldest first, which lists rely on."""
    for body in objects["customers"]:
        store.customers.add(Customer(body))
    for row in objects["payment_methods"]:
        _add_payment_method(store, row)
    for body in objects["subscriptions"]:
        store.subscriptions.add(Subscription(body))


def _add_payment_method(store: Store, row: Json) -> None:
    """Adds one payment method. In addition to the object, the row has its test card and whether it is unusable."""
    card = TEST_CARDS.get(row.get("token", ""))
    method = PaymentMethod(row["object"], test_card=card, unusable=row.get("unusable", False))
    store.payment_methods.add(method)
    customer = store.customers.get(method.customer) if method.customer else None
    if customer and not customer.is_deleted:
        store.attach(method, customer)
