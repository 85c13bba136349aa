"""Which wallets a response depends on, and whether it can be cached."""

import msgspec
import pytest

from quality.harness.builders import customer, payment_method
from stripe_api.read_cache.contents import contents_of

METHOD = payment_method("pm_1", customer="cus_1")
DELETED = {"id": "cus_1", "object": "customer", "deleted": True}
OF_ACCOUNT = payment_method("pm_2", customer="cus_2", customer_account="acct_2")


def contents(json):
    return contents_of(msgspec.json.encode(json))


@pytest.mark.parametrize(
    ("json", "wallets"),
    [
        (customer("cus_1"), {"cus_1"}),
        (customer("cus_1", customer_account="acct_1"), {"cus_1", "acct_1"}),
        (DELETED, {"cus_1"}),
        (customer("cus_1", invoice_settings={"default_payment_method": METHOD}), {"cus_1"}),
        (METHOD, {"cus_1"}),
        (payment_method("pm_1", customer=customer("cus_1", customer_account="acct_1")), {"cus_1", "acct_1"}),
        ({"object": "list", "data": [METHOD, OF_ACCOUNT]}, {"cus_1", "cus_2", "acct_2"}),
        ({"object": "list", "data": []}, set()),
        ({"id": "seti_1", "object": "setup_intent", "customer": "cus_1", "payment_method": "pm_1"}, {"cus_1"}),
        ({"id": "pi_1", "object": "payment_intent", "customer": "cus_1", "payment_method": "pm_1"}, {"cus_1"}),
        ({"id": "seti_1", "object": "setup_intent", "customer": None, "payment_method": METHOD}, {"cus_1"}),
    ],
)
def test_the_wallets_in_a_response(json, wallets):
    assert contents(json).wallets == wallets


@pytest.mark.parametrize(
    ("json", "deleted"),
    [
        ({"id": "cus_1", "object": "customer"}, set()),
        (DELETED, {"cus_1"}),
        ({"id": "pm_1", "object": "payment_method", "customer": DELETED}, {"cus_1"}),
        ({"data": [{"id": "pm_1", "object": "payment_method", "customer": DELETED}]}, {"cus_1"}),
    ],
)
def test_the_deleted_customers_in_a_response(json, deleted):
    assert contents(json).deleted == deleted


def test_an_object_without_a_wallet_makes_a_response_incomplete():
    unattached = payment_method("pm_3")
    assert not contents(unattached).is_complete
    assert not contents({"object": "list", "data": [METHOD, unattached]}).is_complete
    assert contents({"object": "list", "data": [METHOD, OF_ACCOUNT]}).is_complete


def test_the_owners_of_payment_methods_and_the_names_of_wallets():
    both = {"cus_2", "acct_2"}
    found = contents({"object": "list", "data": [METHOD, OF_ACCOUNT, payment_method("pm_3")]})
    assert found.owners == {"pm_1": {"cus_1"}, "pm_2": both, "cus_2": both, "acct_2": both}


def test_a_customer_expanded_in_a_default_payment_method_belongs_to_its_wallet_too():
    expanded = payment_method("pm_1", customer=customer("cus_9"))
    json = customer("cus_1", invoice_settings={"default_payment_method": expanded})
    assert contents(json).wallets == {"cus_1", "cus_9"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"id": 1, "object": "customer"}',
        b'{"object": "list", "data": {}}',
        b'{"object": "list", "data": [null]}',
        b'{"id": "pm_1", "object": "payment_method", "customer": ["cus_1"]}',
    ],
)
def test_a_response_that_is_not_built_as_stripes_objects_is_not_cached(body):
    assert contents_of(body) is None
