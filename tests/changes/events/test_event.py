"""Events are read as hints: ids and the type, in any shape of JSON."""

from __future__ import annotations

import pytest

from changes.change import ChangeKind
from changes.events.event import event_of
from tests.support.webhooks import CUSTOMER, event

CUSTOMER_OBJECT = {"id": CUSTOMER, "object": "customer"}
WAS_DEFAULT = {"invoice_settings": {"default_payment_method": None}}


@pytest.mark.parametrize(
    ("type", "members", "kind", "payment_method"),
    [
        ("payment_method.attached", {}, ChangeKind.PAYMENT_METHOD_ATTACHED, "pm_1"),
        ("payment_method.updated", {}, ChangeKind.PAYMENT_METHOD_UPDATED, "pm_1"),
        ("payment_method.automatically_updated", {}, ChangeKind.PAYMENT_METHOD_AUTOMATICALLY_UPDATED, "pm_1"),
        ("payment_method.of_the_future", {}, ChangeKind.UNKNOWN, "pm_1"),
        ("customer.source.deleted", {}, ChangeKind.PAYMENT_METHOD_DETACHED, "pm_1"),
        ("customer.updated", {"object": CUSTOMER_OBJECT}, ChangeKind.CUSTOMER_UPDATED, None),
        ("customer.updated", {"object": CUSTOMER_OBJECT, "previous": {"name": "J"}}, ChangeKind.CUSTOMER_UPDATED, None),
        ("customer.updated", {"object": CUSTOMER_OBJECT, "previous": WAS_DEFAULT}, ChangeKind.DEFAULT_CHANGED, None),
        ("customer.deleted", {"object": CUSTOMER_OBJECT}, ChangeKind.CUSTOMER_DELETED, None),
        ("setup_intent.succeeded", {}, ChangeKind.UNKNOWN, None),
    ],
)
def test_the_kind_follows_from_the_type(type, members, kind, payment_method):
    found = event_of(event(type, **members))
    assert (found.kind, found.payment_method, found.wallets) == (kind, payment_method, {CUSTOMER})


@pytest.mark.parametrize("type", ["charge.succeeded", "customer.created", "setup_intent.created", "", "payment_method"])
def test_other_types_concern_no_wallet(type):
    assert event_of(event(type)).kind is None


@pytest.mark.parametrize(
    ("object", "previous", "wallets"),
    [
        ({"id": "pm_1", "customer": None}, {"customer": CUSTOMER}, {CUSTOMER}),
        ({"id": "pm_1", "customer": "cus_new"}, {"customer": CUSTOMER}, {CUSTOMER, "cus_new"}),
        ({"id": "pm_1", "customer": {"id": "cus_expanded", "object": "customer"}}, None, {"cus_expanded"}),
        ({"id": "pm_1", "customer": "cus_1", "customer_account": "acct_1"}, None, {"cus_1", "acct_1"}),
        ({"id": "pm_1", "customer": None}, {"customer": None, "customer_account": "acct_1"}, {"acct_1"}),
        ({"id": "pm_1", "customer": None}, None, set()),
        ({"id": "pm_1", "customer": 7}, {"customer": ["cus_1"]}, set()),
        ({"id": "pm_1", "customer": "../cus_1"}, {"customer": "cus 1"}, set()),
        ({"id": "pm_1", "customer": {"id": {"id": "cus_1"}}}, "cus_1", set()),
    ],
)
def test_wallets_are_those_of_now_and_before(object, previous, wallets):
    assert event_of(event("payment_method.detached", object=object, previous=previous)).wallets == wallets


@pytest.mark.parametrize(
    "value",
    [None, 7, "event", [], {}, event(object_=1) | {"object": "v2.core.event"}, event() | {"id": None},
     event() | {"id": "evt_1\n"}, event() | {"type": ["payment_method.attached"]}, event() | {"livemode": "false"}],
)  # fmt: skip
def test_other_json_is_no_event(value):
    assert event_of(value) is None


@pytest.mark.parametrize("created", [None, "now", -1, 1.5, True, 10**12, 10**400])
def test_an_unusable_time_counts_as_missing(created):
    assert event_of(event() | {"created": created}).created is None


@pytest.mark.parametrize("data", [None, 7, "x", [], {"object": 7}, {"object": {"id": 7}}, {"previous_attributes": [1]}])
def test_unusable_data_has_no_wallet(data):
    found = event_of(event() | {"data": data})
    assert (found.wallets, found.payment_method) == (frozenset(), None)
