"""Customer sessions and ephemeral keys with Stripe's official Python SDK."""

from contextlib import contextmanager

import pytest
import stripe

JENNY, JENNYS = "cus_NbZ8Ki3f322LNn", "pm_1MqLiJLkdIwHu7ixUEgbFdYF"
MATEO = "cus_TT6bMT4UamxeFj"
SHEET_VERSION = "2020-08-27"


@contextmanager
def app(address, secret):
    """Stripe's library with a customer's secret, in place of a mobile SDK."""
    client = stripe.StripeClient(secret, base_addresses={"api": address}, stripe_version=SHEET_VERSION)
    yield client
    client._requestor._client.close()


def test_a_customer_session(client, address):
    features = {"payment_method_allow_redisplay_filters": ["always", "unspecified"], "payment_method_remove": "enabled"}
    components = {"customer_sheet": {"enabled": True, "features": features}}
    session = client.v1.customer_sessions.create({"customer": JENNY, "components": components})
    assert session.components.customer_sheet.features.payment_method_remove == "enabled"
    assert session.components.payment_element.features is None
    with app(address, session.client_secret) as sheet:
        assert [one.id for one in sheet.v1.customers.payment_methods.list(JENNY)] == [JENNYS]
        assert sheet.v1.payment_methods.detach(JENNYS).customer is None
        with pytest.raises(stripe.PermissionError):
            sheet.v1.customers.retrieve(JENNY)


def test_an_ephemeral_key(client, address):
    key = client.v1.ephemeral_keys.create({"customer": JENNY}, {"stripe_version": SHEET_VERSION})
    assert key["associated_objects"][0]["id"] == JENNY
    with app(address, key.secret) as sheet:
        assert sheet.v1.customers.retrieve(JENNY).id == JENNY
        attached = client.v1.payment_methods.create({"type": "card", "card": {"token": "tok_visa"}})
        sheet.v1.payment_methods.attach(attached.id, {"customer": JENNY})
        assert attached.id in [one.id for one in sheet.v1.payment_methods.list({"customer": JENNY})]
        assert sheet.v1.payment_methods.detach(attached.id).customer is None
        with pytest.raises(stripe.PermissionError):
            sheet.v1.customers.retrieve(MATEO)
        assert client.v1.ephemeral_keys.delete(key.id).id == key.id
        with pytest.raises(stripe.AuthenticationError):
            sheet.v1.customers.retrieve(JENNY)
