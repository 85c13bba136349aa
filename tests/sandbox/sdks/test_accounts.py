"""Accounts with Stripe's official Python SDK: as customers, and connected to the platform."""

import pytest
import stripe

ACCOUNT, HOLZWERK = "acct_1SQ7ZkLkdIwHu7ix", "cus_TCFLqRqKHBr1NO"
CAFE, CAMILLE, CAMILLES = "acct_1SPk3RKqZ8mWc5Ld", "cus_TRw8mNc4LkPz2B", "pm_1SPm2aKqZ8mWc5LdVt4hRs7J"
JENNY, JENNYS = "cus_NbZ8Ki3f322LNn", "pm_1MqLiJLkdIwHu7ixUEgbFdYF"
PRICE_DATA = {"currency": "eur", "product": "prod_tea", "recurring": {"interval": "month"}, "unit_amount": 900}
DONE = "https://shop.example/done"


class TestAsCustomers:
    def test_the_save_flow(self, client, browser):
        intent = client.v1.setup_intents.create({"customer_account": ACCOUNT})
        params = {"client_secret": intent.client_secret, "payment_method": "pm_card_visa"}
        browser.v1.setup_intents.confirm(intent.id, params)
        pm = client.v1.setup_intents.retrieve(intent.id, {"expand": ["payment_method"]}).payment_method
        assert (pm.customer, pm.customer_account) == (HOLZWERK, ACCOUNT)
        settings = {"invoice_settings": {"default_payment_method": pm.id}}
        assert client.v1.customers.update(ACCOUNT, settings).invoice_settings.default_payment_method == pm.id
        params = {"customer_account": ACCOUNT, "items": [{"price_data": PRICE_DATA}]}
        subscription = client.v1.subscriptions.create(params)
        assert (subscription.status, subscription.customer_account) == ("active", ACCOUNT)
        assert pm.id in [one.id for one in client.v1.payment_methods.list({"customer_account": ACCOUNT})]
        assert pm.id in [one.id for one in client.v1.customers.payment_methods.list(ACCOUNT).auto_paging_iter()]
        assert client.v1.payment_methods.detach(pm.id).customer_account is None
        assert client.v1.customers.retrieve(ACCOUNT).invoice_settings.default_payment_method is None

    @pytest.mark.parametrize(
        ("params", "param"),
        [({"customer": JENNY, "customer_account": ACCOUNT}, "customer"), ({"customer_account": "acct_x"}, None)],
    )
    def test_refused(self, client, params, param):
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            client.v1.payment_methods.attach("pm_card_visa", params)
        assert (refusal.value.http_status, refusal.value.param) == (400, param or "customer_account")


class TestConnected:
    OPTIONS = stripe.RequestOptions(stripe_account=CAFE)

    def test_the_save_flow(self, client, browser):
        intent = client.v1.setup_intents.create({"customer": CAMILLE}, self.OPTIONS)
        params = {"client_secret": intent.client_secret, "payment_method": "pm_card_mastercard"}
        with pytest.raises(stripe.InvalidRequestError):
            browser.v1.setup_intents.confirm(intent.id, params)
        assert browser.v1.setup_intents.confirm(intent.id, params, self.OPTIONS).status == "succeeded"
        wallet = client.v1.payment_methods.list({"customer": CAMILLE}, self.OPTIONS)
        assert [one.card.brand for one in wallet] == ["mastercard", "visa"]

    def test_a_client_of_the_account(self, address):
        client = stripe.StripeClient("sk_test_123", base_addresses={"api": address}, stripe_account=CAFE)
        assert [one.id for one in client.v1.customers.list()] == [CAMILLE]
        assert [one.default_payment_method for one in client.v1.subscriptions.list()] == [CAMILLES]
        client.v1.customers.update(CAMILLE, {"name": "Camille"})
        event = client.v1.events.list({"type": "customer.updated"}).data[0]
        assert (event.account, event.data.object["name"]) == (CAFE, "Camille")
        client._requestor._client.close()

    def test_an_idempotency_key_belongs_to_an_account(self, client):
        platform, connected = (
            client.v1.customers.create({"name": "Mara"}, {"idempotency_key": "k1", **options})
            for options in ({}, self.OPTIONS)
        )
        assert platform.id != connected.id

    def test_a_shared_payment_method(self, client):
        params = {"customer": JENNY, "payment_method": JENNYS}
        copy = client.v1.payment_methods.create(params, self.OPTIONS)
        assert client.v1.payment_methods.attach(copy.id, {"customer": CAMILLE}, self.OPTIONS).customer == CAMILLE

    def test_no_access(self, client):
        with pytest.raises(stripe.PermissionError, match="does not have access to account 'acct_x'") as refusal:
            client.v1.customers.list(options={"stripe_account": "acct_x"})
        assert (refusal.value.http_status, refusal.value.error.code) == (403, "account_invalid")

    def test_the_platform_does_not_see_the_accounts_objects(self, client):
        with pytest.raises(stripe.InvalidRequestError, match="exists on one of your connected accounts") as refusal:
            client.v1.payment_methods.retrieve(CAMILLES)
        assert refusal.value.code == "resource_missing"
