"""Compares the responses to all clients of an order with its charges."""

from __future__ import annotations

import re
from collections.abc import Iterator

from quality.faults.auditor import TOO_LONG, invalid_results
from quality.faults.client import Outcome, Result
from quality.faults.payments.flows import FLOWS
from quality.faults.payments.orders import CURRENCY, Order
from quality.faults.payments.purchase import Purchase, fingerprint
from quality.faults.payments.shop import Shop

PAID_TWICE = "paid twice"
_PAID = re.compile(r'"status": ?"(SUCCEEDED|PROCESSING)"')
_CANCELED = re.compile(r'"status": ?"CANCELED"')
_NOTHING_HAPPENED = frozenset((Outcome.NOT_DONE, Outcome.REFUSED))


def audit(shop: Shop, purchase: Purchase, final_status: str | None) -> Iterator[str]:
    """The violations in an order. `final_status` is the status that its flow returned, or None if a client gave up."""
    paid = len(purchase.charges)
    if paid > 1:
        yield f"{PAID_TWICE}: {paid} charges for one order"
    yield from _wrong_amounts(shop.order, purchase)
    yield from _wrong_reports(shop, paid)
    yield from _wrong_wallet(shop, purchase, is_settled=final_status is not None)
    for client in shop.clients:
        violations = invalid_results(client.request.key, client.results)
        # Deadlines are checked by `make faults` only, which repeats a slow scenario with less load.
        yield from (violation for violation in violations if not violation.startswith(TOO_LONG))
        successes = {result.text for result in client.results if result.outcome is Outcome.DONE}
        if len(successes) > 1 and client.request.key is not None and client.request.writes:
            yield f"different results: {successes}"
    if shop.late:
        yield f"never settled: {shop.clients[-1].results[-1]}"
    elif final_status is not None:
        yield from _wrong_final_status(shop.order, purchase, final_status)


def _wrong_amounts(order: Order, purchase: Purchase) -> Iterator[str]:
    for charge in purchase.charges:
        if (charge["amount"], charge["currency"]) != (order.amount, CURRENCY):
            yield f"charged {charge['amount']} {charge['currency']} instead of {order.amount} {CURRENCY}"
    received = sum(intent["amount_received"] for intent in purchase.intents)
    captured = sum(charge["amount_captured"] for charge in purchase.charges)
    if received != captured:
        yield f"received {received}, but charged {captured}"


def _wrong_reports(shop: Shop, paid: int) -> Iterator[str]:
    results = [result for client in shop.paying for result in client.results]
    results += [result for device in shop.devices for result in device.results]
    texts = [result.text for client in shop.clients for result in client.results if result.outcome is Outcome.DONE]
    texts += [result.text for device in shop.devices for result in device.results]
    if any(map(_PAID.search, texts)) and not paid:
        yield "reported as paid, but there is no charge"
    if any(map(_CANCELED.search, texts)) and paid:
        yield "reported as canceled, but there is a charge"
    if paid and all(_paid_nothing(result) for result in results):
        yield f"reported as not done, but there is a charge: {[str(result) for result in results]}"


def _paid_nothing(result: Result) -> bool:
    """Whether the result reports that the request has paid nothing, and will not pay later."""

    is_unpaid = (
        result.outcome is Outcome.DONE and not _PAID.search(result.text) and "REQUIRES_ACTION" not in result.text
    )
    return is_unpaid or result.outcome in _NOTHING_HAPPENED


def _wrong_wallet(shop: Shop, purchase: Purchase, *, is_settled: bool) -> Iterator[str]:
    saves = FLOWS[shop.order.flow].saves
    for charge in purchase.charges:
        times = purchase.wallet.count(fingerprint(charge["payment_method_details"]))
        if is_settled and times != int(saves):
            yield f"the wallet has the payment method {times} times: {purchase.wallet}"
    if not purchase.charges and len(purchase.wallet) > len(shop.order.prepared):
        yield f"saved without a payment: {purchase.wallet}"


def _wrong_final_status(order: Order, purchase: Purchase, status: str) -> Iterator[str]:
    if status not in FLOWS[order.flow].final_statuses:
        yield f"the final status is {status}"
    if purchase.statuses.count(status) != 1:
        yield f"the final status is {status}, but the PaymentIntents are {purchase.statuses}"
    if len(purchase.charges) != (status != "CANCELED"):
        yield f"the final status is {status}, with {len(purchase.charges)} charges"
