"""Stripe's official Python SDK as the client, over a real socket."""

import httpx
import pytest
import stripe

from sandbox import Fault

JENNY = "cus_NbZ8Ki3f322LNn"


def test_attach_and_detach(client):
    customer = client.v1.customers.create({"name": "Jenny Rosen", "metadata": {"plan": "family"}})
    pm = client.v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    assert pm.id.startswith("pm_1")
    assert pm.card.checks.cvc_check == "pass"
    assert client.v1.payment_methods.attach(pm.id, {"customer": customer.id}) == pm
    with pytest.raises(stripe.InvalidRequestError, match="has already been attached to a customer") as refusal:
        client.v1.payment_methods.attach(pm.id, {"customer": JENNY})
    assert (refusal.value.http_status, refusal.value.code) == (400, None)
    assert refusal.value.request_id.startswith("req_")
    assert client.v1.payment_methods.detach(pm.id).customer is None
    with pytest.raises(stripe.InvalidRequestError, match="detachment is impossible"):
        client.v1.payment_methods.detach(pm.id)
    with pytest.raises(stripe.InvalidRequestError, match="may not be used again"):
        client.v1.payment_methods.attach(pm.id, {"customer": customer.id})


def test_expanded_objects_are_whole(client):
    params = {
        "payment_method": "pm_card_visa",
        "invoice_settings": {"default_payment_method": "pm_card_visa"},
        "expand": ["invoice_settings.default_payment_method"],
    }
    customer = client.v1.customers.create(params)
    default = customer.invoice_settings.default_payment_method
    assert isinstance(default, stripe.PaymentMethod)
    pm = client.v1.payment_methods.retrieve(default.id, {"expand": ["customer"]})
    assert isinstance(pm.customer, stripe.Customer)
    assert pm.customer.id == customer.id


def test_auto_paging_over_two_hundred_and_fifty_methods(client):
    customer = client.v1.customers.create().id
    made = [client.v1.payment_methods.attach("pm_card_visa", {"customer": customer}).id for _ in range(250)]
    listed = client.v1.customers.payment_methods.list(customer, {"limit": 100})
    assert [pm.id for pm in listed.auto_paging_iter()] == made[::-1]


def test_decline(client):
    with pytest.raises(stripe.CardError) as refusal:
        client.v1.payment_methods.attach("pm_card_visa_chargeDeclinedInsufficientFunds", {"customer": JENNY})
    assert (refusal.value.code, refusal.value.http_status) == ("card_declined", 402)
    assert refusal.value.error.decline_code == "insufficient_funds"
    assert refusal.value.error.advice_code == "try_again_later"


@pytest.mark.parametrize(
    ("call", "status", "param"),
    [
        (lambda v1: v1.payment_methods.retrieve("pm_x"), 404, "payment_method"),
        (lambda v1: v1.payment_methods.attach("pm_card_visa", {"customer": "cus_x"}), 400, "customer"),
        (lambda v1: v1.customers.retrieve("cus_x"), 404, "id"),
        (lambda v1: v1.customers.payment_methods.list("cus_x"), 404, "id"),
        (lambda v1: v1.payment_methods.retrieve("pm a/b"), 404, "payment_method"),
    ],
)
def test_unknown_ids(client, call, status, param):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        call(client.v1)
    assert (refusal.value.code, refusal.value.http_status) == ("resource_missing", status)
    assert refusal.value.param == param


def test_idempotency_key(client):
    options = {"idempotency_key": "k1"}
    first = client.v1.customers.create({"name": "Jenny"}, options)
    assert client.v1.customers.create({"name": "Jenny"}, options).id == first.id
    with pytest.raises(stripe.IdempotencyError):
        client.v1.customers.create({"name": "Other"}, options)


def test_update_list_and_delete(client):
    customer = client.v1.customers.create({"name": "Jenny", "email": "jenny@example.com"})
    pm = client.v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    pm = client.v1.payment_methods.update(pm.id, {"metadata": {"a": "1"}, "billing_details": {"name": "Jenny"}})
    assert (pm.metadata["a"], pm.billing_details.name) == ("1", "Jenny")
    settings = {"default_payment_method": pm.id}
    customer = client.v1.customers.update(customer.id, {"name": "", "invoice_settings": settings})
    assert (customer.name, customer.invoice_settings.default_payment_method) == (None, pm.id)
    assert [found.id for found in client.v1.customers.list({"email": "jenny@example.com"})] == [customer.id]
    assert client.v1.customers.delete(customer.id).deleted
    assert client.v1.customers.retrieve(customer.id).deleted


def test_wrong_key(address):
    client = stripe.StripeClient("sk_live_abcdefghijkl1234", base_addresses={"api": address})
    with pytest.raises(stripe.AuthenticationError):
        client.v1.customers.list()


def test_truncated_response_is_an_error_that_is_not_retried(client, sandbox):
    sandbox.faults.add(Fault("truncate", path="/attach$"))
    with pytest.raises(stripe.APIConnectionError):
        client.v1.payment_methods.attach("pm_1MqM05LkdIwHu7ixlDxxO6Mc", {"customer": JENNY})
    assert sandbox.ledger.operations() == ["payment_method.attached"]


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "error_after", "unavailable", "lock_timeout"])
def test_retry_after_a_fault_does_the_work_once(client, sandbox, kind):
    sandbox.faults.add(Fault(kind, path="/attach$"))
    pm = client.v1.payment_methods.attach("pm_1MqM05LkdIwHu7ixlDxxO6Mc", {"customer": JENNY})
    assert pm.customer == JENNY
    assert sandbox.ledger.operations() == ["payment_method.attached"]


class TestSetupIntents:
    def create(self, client) -> stripe.SetupIntent:
        params = {"customer": JENNY, "usage": "off_session", "automatic_payment_methods": {"enabled": True}}
        return client.v1.setup_intents.create(params)

    def confirm(self, browser, intent, pm: str, **extra) -> stripe.SetupIntent:
        params = {"client_secret": intent.client_secret, "payment_method": pm, **extra}
        return browser.v1.setup_intents.confirm(intent.id, params)

    def test_confirmed_by_the_payers_device(self, client, browser):
        intent = self.create(client)
        assert self.confirm(browser, intent, "pm_card_visa").status == "succeeded"
        intent = client.v1.setup_intents.retrieve(intent.id, {"expand": ["payment_method", "latest_attempt"]})
        assert intent.payment_method.customer == JENNY
        assert intent.latest_attempt.status == "succeeded"

    def test_declined(self, client, browser):
        with pytest.raises(stripe.CardError) as refusal:
            self.confirm(browser, self.create(client), "pm_card_visa_chargeDeclined")
        assert refusal.value.error.setup_intent.status == "requires_payment_method"

    @pytest.mark.parametrize(("outcome", "status"), [("complete", "succeeded"), ("fail", "requires_payment_method")])
    def test_three_d_secure(self, client, browser, outcome, status):
        intent = self.create(client)
        waiting = self.confirm(
            browser, intent, "pm_card_authenticationRequired", return_url="https://shop.example/done"
        )
        assert waiting.status == "requires_action"
        url = str(waiting.next_action.redirect_to_url.url)
        assert "Complete authentication" in httpx.get(url).text
        assert httpx.post(url, data={"outcome": outcome}).status_code == 303
        assert client.v1.setup_intents.retrieve(intent.id).status == status

    def test_a_publishable_key_has_no_other_access(self, browser):
        with pytest.raises(stripe.PermissionError):
            browser.v1.customers.list()

    def test_subscriptions_of_a_customer(self, client):
        params = {"customer": "cus_T4qv4Qn42jKZ9G", "expand": ["data.default_payment_method"]}
        found = client.v1.subscriptions.list(params)
        assert [subscription.default_payment_method.card.brand for subscription in found] == ["mastercard"]

    def test_a_server_confirms_with_a_return_url(self, client):
        intent = self.create(client)
        with pytest.raises(stripe.InvalidRequestError, match="you must provide a `return_url`") as refusal:
            client.v1.setup_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})
        assert (refusal.value.http_status, refusal.value.code, refusal.value.param) == (400, None, None)
        assert refusal.value.error.setup_intent.id == intent.id
        params = {"payment_method": "pm_card_visa", "return_url": "https://shop.example/done"}
        assert client.v1.setup_intents.confirm(intent.id, params).status == "succeeded"

    @pytest.mark.parametrize(
        "data",
        [
            {"type": "sepa_debit", "sepa_debit": {"iban": "DE89370400440532013000"}},
            {"type": "us_bank_account", "us_bank_account": {"account_number": "000123456789"}},
        ],
        ids=lambda data: data["type"],
    )
    def test_a_server_confirms_a_debit_with_its_mandate(self, client, data):
        method = client.v1.payment_methods.create(data)
        params = {"payment_method": method.id, "return_url": "https://shop.example/done"}
        intent = self.create(client)
        with pytest.raises(stripe.InvalidRequestError, match="`mandate_data` is required"):
            client.v1.setup_intents.confirm(intent.id, params)
        online = {"ip_address": "198.51.100.7", "user_agent": "Firefox"}
        mandate = {"customer_acceptance": {"type": "online", "online": online}}
        status = "succeeded" if data["type"] == "sepa_debit" else "requires_action"
        assert client.v1.setup_intents.confirm(intent.id, {**params, "mandate_data": mandate}).status == status


class TestSubscriptions:
    def items(self) -> list[dict]:
        recurring = {"interval": "month"}
        return [{"price_data": {"currency": "eur", "product": "prod_tea", "recurring": recurring, "unit_amount": 900}}]

    def test_it_follows_the_card(self, client):
        first, second = (client.v1.payment_methods.attach(t, {"customer": JENNY}).id for t in ("pm_card_visa",) * 2)
        params = {"customer": JENNY, "items": self.items(), "default_payment_method": first}
        subscription = client.v1.subscriptions.create(params)
        assert (subscription.status, subscription.default_payment_method) == ("active", first)
        moved = client.v1.subscriptions.update(subscription.id, {"default_payment_method": second})
        assert moved.default_payment_method == second
        inherits = client.v1.subscriptions.update(subscription.id, {"default_payment_method": ""})
        assert inherits.default_payment_method is None
        assert client.v1.subscriptions.cancel(subscription.id).status == "canceled"
        with pytest.raises(stripe.InvalidRequestError, match="A canceled subscription can only update") as refusal:
            client.v1.subscriptions.update(subscription.id, {"default_payment_method": second})
        assert refusal.value.code == "invalid_canceled_subscription_fields"

    def test_nothing_can_pay(self, client):
        with pytest.raises(stripe.InvalidRequestError, match="no attached payment source") as refusal:
            client.v1.subscriptions.create({"customer": JENNY, "items": self.items()})
        assert (refusal.value.http_status, refusal.value.code) == (400, "resource_missing")


@pytest.mark.parametrize("type", ["ideal", "affirm", "oxxo", "satispay"])
def test_a_type_that_can_not_be_saved(client, type):
    method = client.v1.payment_methods.create({"type": type})
    words = f"PaymentMethods of type '{type}' cannot be saved to customers."
    with pytest.raises(stripe.InvalidRequestError, match=words) as refusal:
        client.v1.payment_methods.attach(method.id, {"customer": JENNY})
    assert (refusal.value.http_status, refusal.value.code, refusal.value.param) == (400, None, None)


def test_an_unknown_country(client):
    params = {"billing_details": {"address": {"country": "JA"}}}
    with pytest.raises(stripe.InvalidRequestError, match="Country 'JA' is unknown") as refusal:
        client.v1.payment_methods.update("pm_1MqLiJLkdIwHu7ixUEgbFdYF", params)
    assert (refusal.value.code, refusal.value.param) == (None, "billing_details[address][country]")
    assert client.v1.customers.update(JENNY, {"address": {"country": "JA"}}).address.country == "JA"


def test_an_endpoint_of_version_2(client):
    with pytest.raises(stripe.InvalidRequestError, match="Unrecognized request URL") as refusal:
        client.v2.core.event_destinations.list()
    assert refusal.value.http_status == 404
