"""Gives a customer an Account, as Stripe does for all customers of a business that enables Accounts v2."""

from sandbox.http.api_request import ApiRequest
from sandbox.json_object import Json
from sandbox.objects.customers.customer import Customer
from sandbox.state.ids import new_id
from sandbox.state.store import Store

# Stripe makes the change, so the ledger names no request.
_NO_REQUEST = ApiRequest("/_sandbox/customer_accounts")


def add_customer_account(store: Store, customer: Customer) -> Json:
    """Gives the customer and its objects a new `customer_account`, unless it has one. Returns the customer.

    Stripe's events for this are thin events, which the sandbox does not have.
    """
    if customer.body.get("customer_account"):
        return customer.body
    account = {"customer_account": new_id("acct")}
    customer.body = {**customer.body, **account}
    for method in store.wallet(customer.id):
        method.body = {**method.body, **account}
    for collection in (store.subscriptions, store.setup_intents):
        for record in collection.oldest_first():
            if record.body["customer"] == customer.id:
                record.body = {**record.body, **account}
    store.record_change(_NO_REQUEST, "customer.updated", customer, customer.id)
    return customer.body
