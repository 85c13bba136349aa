"""Every reference has one value, whatever is selected with it: an object that exists, or null."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from graphql import GraphQLInterfaceType, GraphQLObjectType, get_named_type

from app import schema
from quality.harness import builders
from quality.harness.clients import Api, Recorder
from quality.harness.tokens import bearer
from serving.settings.settings import Settings
from tests.support.served import serving

EXTRA = {"Customer": "name", "PaymentMethod": "type"}
EXPANDED = {"Customer": "created defaultPaymentMethod { id }", "PaymentMethod": "isDefault customer { id name }"}
STATES = ("normal", "deleted", "missing")
DELETED = {"id": "cus_1", "object": "customer", "deleted": True}
INTENT = {
    "id": "seti_1",
    "object": "setup_intent",
    "client_secret": "seti_1_secret_x",
    "created": 1679946402,
    "livemode": False,
    "status": "succeeded",
    "usage": "off_session",
    "customer": "cus_1",
    "payment_method": "pm_1",
}


class Upstream(httpx.AsyncBaseTransport):
    """Stripe with one customer and one method, `expands` or not; the one that `missing` names is gone."""

    def __init__(self, customer: str, method: str, *, expands: bool) -> None:
        self.expands = expands
        default = {"default_payment_method": "pm_1"}
        found = {"normal": builders.customer("cus_1", invoice_settings=default), "deleted": DELETED, "missing": None}
        self.customer: Any = found[customer]
        self.method = builders.payment_method("pm_1", customer="cus_1") if method == "normal" else None

    async def handle_async_request(self, request):
        await request.aread()
        path = request.url.path
        body: Any = None
        if path.endswith("/detach"):
            body = {**builders.payment_method("pm_1"), "customer": None}
        elif path == "/v1/payment_methods":
            body = {"object": "list", "data": [self._method(builders.payment_method("pm_1", customer="cus_1"))]}
        elif path.endswith("/payment_methods"):
            live = self.customer is not None and self.customer is not DELETED
            body = {"object": "list", "data": [builders.payment_method("pm_1", customer="cus_1")]} if live else None
        elif "setup_intents" in path or "payment_intents" in path:
            # An error holds the whole method, whose customer is an id.
            error = {"type": "card_error", "payment_method": self.method or "pm_1"}
            body = {
                **INTENT,
                "customer": self._customer(),
                "payment_method": self._pm(),
                "last_setup_error": error,
                "last_payment_error": error,
            }
        elif "/mandates/" in path:
            body = {"id": "mandate_1", "object": "mandate", "payment_method": self._pm()}
        elif "/subscriptions/" in path:
            body = {"id": "sub_1", "customer": self._customer(), "default_payment_method": self._pm()}
        elif "/payment_methods/" in path:
            one = builders.payment_method("pm_1", customer="cus_1") if request.method == "POST" else self.method
            body = None if one is None else self._method(one)
        elif "/customers/" in path:
            body = self._with_default(self.customer)
        if body is None:
            return httpx.Response(404, content=json.dumps(builders.error(code="resource_missing", param="id")))
        return httpx.Response(200, content=json.dumps(body))

    def _customer(self):
        whole = self.expands and self.customer is not None
        return self._with_default(self.customer) if whole else "cus_1"

    def _pm(self):
        return self._method(self.method) if self.expands and self.method is not None else "pm_1"

    def _method(self, method):
        return {**method, "customer": self._customer()}

    def _with_default(self, customer):
        if customer is None or customer is DELETED:
            return customer
        default = self.method if self.expands and self.method is not None else "pm_1"
        return {**customer, "invoice_settings": {"default_payment_method": default}}


class DeletedBeforeItsPage(Upstream):
    """Stripe with a customer who is deleted before any page of the wallet is read."""

    async def handle_async_request(self, request):
        if request.url.path == "/v1/customers/cus_1/payment_methods":
            self.customer = None
        return await super().handle_async_request(request)


METHOD = 'paymentMethod(id: "pm_1")'
PAGE = "paymentMethods(first: 1)"
UPDATE = 'updatePaymentMethod(input: {paymentMethodId: "pm_1", metadata: {a: "1"}})'
ATTACH = 'attachPaymentMethod(input: {paymentMethodId: "pm_1", customerId: "cus_1"})'
DETACH = 'detachPaymentMethod(input: {paymentMethodId: "pm_1"})'
SET = 'setDefaultPaymentMethod(input: {customerId: "cus_1", paymentMethodId: "pm_1"})'

# Each reference: the operation down to it, its type, which of the two objects changes its state.
REFERENCES = {
    "Query.customer": ('query { customer(id: "cus_1") %s }', "Customer"),
    "Query.paymentMethod": (f"query {{ {METHOD} %s }}", "PaymentMethod"),
    "Viewer.customer": ("query { viewer { customer %s } }", "Customer"),
    "PaymentMethod.customer": (f"query {{ {METHOD} {{ customer %s }} }}", "Customer"),
    "PaymentMethod.customer on an account's page": (
        'query { paymentMethods(customerAccountId: "acct_1") { nodes { customer %s } } }',
        "Customer",
    ),
    "PaymentMethod.customer after an update": (
        f"mutation {{ {UPDATE} {{ paymentMethod {{ customer %s }} }} }}",
        "Customer",
    ),
    "Customer.defaultPaymentMethod": ('query { customer(id: "cus_1") { defaultPaymentMethod %s } }', "PaymentMethod"),
    "SetupIntent.customer": ('query { setupIntent(id: "seti_1") { customer %s } }', "Customer"),
    "SetupIntent.paymentMethod": ('query { setupIntent(id: "seti_1") { paymentMethod %s } }', "PaymentMethod"),
    "SetupError.paymentMethod": (
        'query { setupIntent(id: "seti_1") { lastSetupError { paymentMethod %s } } }',
        "PaymentMethod",
    ),
    "PaymentMethod.customer of a failed setup": (
        'query { setupIntent(id: "seti_1") { lastSetupError { paymentMethod { customer %s } } } }',
        "Customer",
    ),
    "PaymentIntent.customer": ('query { paymentIntent(id: "pi_1") { customer %s } }', "Customer"),
    "PaymentIntent.paymentMethod": ('query { paymentIntent(id: "pi_1") { paymentMethod %s } }', "PaymentMethod"),
    "PaymentMethod.customer of a failed payment": (
        'query { paymentIntent(id: "pi_1") { lastPaymentError { paymentMethod { customer %s } } } }',
        "Customer",
    ),
    "SetupIntent.customer after a cancel": (
        'mutation { cancelSetupIntent(input: {setupIntentId: "seti_1"}) { setupIntent { customer %s } } }',
        "Customer",
    ),
    "SetupIntent.paymentMethod after a cancel": (
        'mutation { cancelSetupIntent(input: {setupIntentId: "seti_1"}) { setupIntent { paymentMethod %s } } }',
        "PaymentMethod",
    ),
    "Mandate.paymentMethod": (
        'query { node(id: "mandate_1") { ... on Mandate { paymentMethod %s } } }',
        "PaymentMethod",
    ),
    "BillingSubscription.paymentMethod": (
        'query { node(id: "sub_1") { ... on BillingSubscription { paymentMethod %s } } }',
        "PaymentMethod",
    ),
    "DetachPaymentMethodPayload.customer": (f"mutation {{ {DETACH} {{ customer %s }} }}", "Customer"),
    "SetDefaultPaymentMethodPayload.previousDefault": (
        f"mutation {{ {SET} {{ previousDefault %s }} }}",
        "PaymentMethod",
    ),
    "SetDefaultPaymentMethodPayload.customer": (f"mutation {{ {SET} {{ customer %s }} }}", "Customer"),
    "WalletChange.customer": ("subscription { walletChanged { customer %s } }", "Customer"),
    "WalletChange.paymentMethod": ("subscription { walletChanged { paymentMethod %s } }", "PaymentMethod"),
}
OF_CUSTOMERS = ("Viewer", "WalletChange")
"""Types whose references are read by the customer itself. A service can't subscribe to a wallet that doesn't exist."""
# These come from a call that proves that they exist, or are the object of the call itself.
PROVEN = {
    "AttachPaymentMethodPayload.customer",
    "AttachPaymentMethodPayload.paymentMethod",
    "CompletePaymentIntentPayload.customer",
    "CompletePaymentIntentPayload.paymentMethod",
    "CompleteSetupIntentPayload.customer",
    "CompleteSetupIntentPayload.paymentMethod",
    "CustomerSession.customer",
    "DetachPaymentMethodPayload.paymentMethod",
    "UpdatePaymentMethodPayload.paymentMethod",
    "DuplicatePaymentMethodError.existing",
    "PaymentMethodConnection.nodes",
    "PaymentMethodEdge.node",
}


def test_every_reference_is_in_the_table():
    found = {
        f"{type_.name}.{name}"
        for type_ in schema._schema.type_map.values()
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType) and not type_.name.startswith("__")
        for name, field in type_.fields.items()
        if get_named_type(field.type).name in EXTRA
    }
    assert {name.split(" ")[0] for name in REFERENCES} | PROVEN >= found


async def ask(document, upstream, *, as_customer=False):
    stripe = Recorder(upstream)
    if document.startswith("subscription"):
        return await first_change(document, stripe), len(stripe.calls)
    async with Api(Settings(), stripe) as api:
        headers = bearer(api.service.settings, customer="cus_1") if as_customer else {}
        answer = (await api.http.post("/graphql", json={"query": document}, headers=headers)).json()
    return answer, len(stripe.calls)


async def first_change(document, stripe):
    settings = Settings()
    headers = bearer(settings, customer="cus_1")
    async with serving(settings, stripe) as served, served.stream(document, headers=headers) as stream:
        await served.publish("cus_1", method="pm_1")
        return await stream.result()


def reached(value):
    """The last object of the chain, with an id, or null."""
    while isinstance(value, dict) and "id" not in value:
        (value,) = value.values()
        value = value[0] if isinstance(value, list) else value
    return None if value is None else value["id"]


@pytest.fixture(autouse=True)
def no_window(monkeypatch):
    """A change is sent at once."""
    monkeypatch.setattr("changes.streams.coalescing.WINDOW_SECONDS", 0.0)


@pytest.mark.parametrize("expands", [True, False], ids=["expanded", "not expanded"])
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("name", REFERENCES)
async def test_one_value_whatever_is_selected(name, state, expands):
    document, type_ = REFERENCES[name]
    if type_ == "PaymentMethod" and state == "deleted":
        state = "missing"
    states = (state, "normal") if type_ == "Customer" else ("normal", state)
    values = []
    for selected in ("{ id }", f"{{ id {EXTRA[type_]} }}", f"{{ id {EXPANDED[type_]} }}"):
        upstream = Upstream(*states, expands=expands)
        answer, _ = await ask(document % selected, upstream, as_customer=name.startswith(OF_CUSTOMERS))
        if type_ == "Customer" and state != "normal" and "setDefault" in document:
            # A customer that is gone refuses the write itself.
            continue
        assert "errors" not in answer, answer
        values.append(reached(answer["data"]))
    wanted = {"Customer": "cus_1", "PaymentMethod": "pm_1"}[type_] if state == "normal" else None
    assert set(values) <= {wanted}


@pytest.mark.parametrize("expands", [True, False], ids=["expanded", "not expanded"])
@pytest.mark.parametrize("name", [*REFERENCES, "AttachPaymentMethodPayload.customer"])
async def test_a_customer_that_is_deleted_before_its_page_is_read_is_null(name, expands):
    document, type_ = REFERENCES.get(name) or (f"mutation {{ {ATTACH} {{ customer %s }} }}", "Customer")
    selected = "{ id name paymentMethods { nodes { id isDefault } } }"
    if type_ == "PaymentMethod":
        selected = f"{{ id customer {selected} }}"
    upstream = DeletedBeforeItsPage("normal", "normal", expands=expands)
    answer, _ = await ask(document % selected, upstream, as_customer=name.startswith(OF_CUSTOMERS))
    assert upstream.customer is None
    assert "errors" not in answer, answer
    assert reached(answer["data"]) == ("pm_1" if type_ == "PaymentMethod" else None)


@pytest.mark.parametrize("state", ["normal", "deleted"])
@pytest.mark.parametrize(
    ("name", "calls"),
    [
        ("PaymentMethod.customer", 1),
        ("PaymentMethod.customer on an account's page", 1),
        ("PaymentMethod.customer after an update", 1),
        ("SetupIntent.customer", 1),
        ("PaymentIntent.customer", 1),
        ("PaymentMethod.customer of a failed setup", 1),
        ("PaymentMethod.customer of a failed payment", 1),
        ("SetupIntent.customer after a cancel", 1),
        ("DetachPaymentMethodPayload.customer", 2),
    ],
)
async def test_the_id_costs_no_call(name, calls, state):
    _, made = await ask(REFERENCES[name][0] % "{ id }", Upstream(state, "normal", expands=True))
    assert made == calls


@pytest.mark.parametrize("selected", ["{ id }", "{ id name }"])
async def test_a_page_proves_its_customer(selected):
    document = f'{{ customer(id: "cus_1") {{ {PAGE} {{ nodes {{ customer {selected} }} }} }} }}'
    answer, calls = await ask(document, Upstream("normal", "normal", expands=False))
    assert reached(answer["data"]["customer"]) == "cus_1"
    assert calls == (1 if selected == "{ id }" else 2)


@pytest.mark.parametrize("selected", ["{ id }", "{ id name }"])
async def test_an_attach_proves_its_customer(selected):
    document = f"mutation {{ {ATTACH} {{ customer {selected} }} }}"
    answer, _ = await ask(document, Upstream("normal", "normal", expands=True))
    assert reached(answer["data"]) == "cus_1"
