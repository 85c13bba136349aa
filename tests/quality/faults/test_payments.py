"""The auditor of payments reports double and wrong payments, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from quality.faults.client import Client, Outcome, Result
from quality.faults.cluster import Cluster
from quality.faults.payments import documents
from quality.faults.payments.__main__ import PLANTED_BUGS
from quality.faults.payments.auditor import audit
from quality.faults.payments.flows import FLOWS
from quality.faults.payments.orders import Order, Step
from quality.faults.payments.purchase import Purchase
from quality.faults.payments.run import GROUPS
from quality.faults.payments.shop import Shop
from serving.settings.settings import Settings

PLANTED = Path(__file__).parents[3] / "quality/faults/planted/payments"
CARD = {"type": "card", "card": {"fingerprint": "one"}}
PAID = Result(Outcome.DONE, '{"data": {"createPaymentIntent": {"paymentIntent": {"status": "SUCCEEDED"}}}}')
CANCELED = Result(Outcome.DONE, PAID.text.replace("SUCCEEDED", "CANCELED"))
REFUSED = Result(Outcome.REFUSED, '{"errors": [{"code": "CARD_DECLINED"}]}')
NOT_DONE = Result(Outcome.NOT_DONE, "not done", {"code": "UPSTREAM_UNAVAILABLE"})
UNKNOWN = Result(Outcome.UNKNOWN, "unknown", {"code": "UPSTREAM_TIMEOUT", "idempotencyKey": "k"})


def charge(**changes):
    return {
        "amount": 1099,
        "amount_captured": 1099,
        "currency": "eur",
        "status": "succeeded",
        "payment_method_details": CARD,
        **changes,
    }


def purchase(*charges, status="succeeded", wallet=("one",)):
    received = sum(one["amount_captured"] for one in charges)
    return Purchase(charges, [{"status": status, "amount_received": received}], list(wallet))


def violations(*results, bought, ended="SUCCEEDED", flow="in one request"):
    order = Order.without_faults(flow)
    order.ids = {"customer": "cus_1"}
    shop = Shop(cast("Cluster", None), order)
    step = Step(order, documents.CREATE, {"input": {}}, "service", "k", [], repeatable=False)
    client = Client(step, [], Settings())
    client.results = list(results)
    shop.clients, shop.paying = [client], [client]
    return list(audit(shop, bought, ended))


@pytest.mark.parametrize(
    ("results", "bought", "ended"),
    [
        ([PAID], purchase(charge()), "SUCCEEDED"),
        ([UNKNOWN, PAID, PAID], purchase(charge()), "SUCCEEDED"),
        ([REFUSED, PAID], purchase(charge()), "SUCCEEDED"),
        ([UNKNOWN], purchase(charge()), None),
        ([UNKNOWN], purchase(status="requires_payment_method", wallet=()), None),
        ([NOT_DONE], purchase(status="requires_payment_method", wallet=()), None),
    ],
)
def test_a_correct_payment_is_no_violation(results, bought, ended):
    assert violations(*results, bought=bought, ended=ended) == []


@pytest.mark.parametrize(
    ("results", "bought", "ended", "word"),
    [
        ([PAID], purchase(charge(), charge()), "SUCCEEDED", "paid twice"),
        ([PAID], purchase(wallet=()), "SUCCEEDED", "reported as paid"),
        ([CANCELED], purchase(charge()), None, "reported as canceled"),
        ([NOT_DONE], purchase(charge()), None, "reported as not done"),
        ([REFUSED], purchase(charge()), None, "reported as not done"),
        ([PAID], purchase(charge(amount=1100)), "SUCCEEDED", "instead of 1099"),
        ([PAID], purchase(charge(currency="usd")), "SUCCEEDED", "instead of 1099"),
        ([PAID], purchase(charge(), wallet=("one", "one")), "SUCCEEDED", "2 times"),
        ([PAID], purchase(charge(), wallet=()), "SUCCEEDED", "0 times"),
        ([REFUSED], purchase(status="requires_payment_method"), None, "saved without a payment"),
        ([PAID], purchase(charge(), status="processing"), "SUCCEEDED", "but the PaymentIntents are"),
        ([PAID, CANCELED], purchase(charge()), "SUCCEEDED", "different results"),
    ],
)
def test_a_wrong_payment_is_a_violation(results, bought, ended, word):
    assert any(word in violation for violation in violations(*results, bought=bought, ended=ended))


def test_a_seed_always_draws_the_same_order():
    orders = [str(Order.from_seed(f"1:{number}", list(FLOWS), None)) for number in (1, 1, 2)]
    assert orders[0] == orders[1] != orders[2]


def test_each_planted_bug_has_a_group():
    assert set(PLANTED_BUGS) == {f"payments.{found.stem}" for found in PLANTED.glob("[a-z]*.py")}
    assert set(PLANTED_BUGS.values()) <= set(GROUPS)
