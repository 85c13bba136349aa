"""What a fresh sandbox holds: Stripe's published examples, and a few customers to try things on."""

from sandbox.cards.test_cards import TEMPLATES
from sandbox.fixtures import load
from sandbox.json_objects import Json
from sandbox.objects.records import Customer, PaymentMethod, Subscription
from sandbox.state.store import Store


def plant(store: Store) -> None:
    """Fills an empty store. The files hold the oldest object first, as lists need it."""
    for body in load("customers"):
        store.customers.add(Customer(body, deleted=body.get("deleted", False)))
    for row in load("payment_methods"):
        _plant_method(store, row)
    for body in load("subscriptions"):
        store.subscriptions.add(Subscription(body))


def _plant_method(store: Store, row: Json) -> None:
    """Adds one method. Beside the object the row tells the test card behind it, and whether it is spent."""
    method = PaymentMethod(row["object"], template=TEMPLATES.get(row.get("token", "")), spent=row.get("spent", False))
    store.payment_methods.add(method)
    customer = store.customers.get(method.customer) if method.customer else None
    if customer and not customer.deleted:
        store.attach(method, customer)
