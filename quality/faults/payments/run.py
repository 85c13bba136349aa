"""Pays orders over two replicas under a group's faults, and audits each order."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from quality.faults.auditor import Ledger
from quality.faults.cluster import Cluster, Group, start_cluster
from quality.faults.groups import outages
from quality.faults.kills import crashes, kills
from quality.faults.payments.auditor import audit
from quality.faults.payments.flows import FLOWS
from quality.faults.payments.orders import Order
from quality.faults.payments.purchase import Purchase, read_purchase
from quality.faults.payments.shop import GaveUp, NoFinalStatus, Shop
from quality.faults.process_checks import measure, unanswered, unexpected_log_lines, wait_until_idle

# The many concurrent failures would keep the circuit breaker open, which `make faults` tests.
_SETTINGS = {"STRIPE_BREAKER_FAILURES": "0"}
# A replica takes seconds to start. More frequent kills would only make orders wait.
_KILLS = partial(kills, pauses=(3, 6))
GROUPS: Mapping[str, Group] = {
    "storm": Group(5 / 6, outages, settings=_SETTINGS),
    "kill": Group(1 / 6, _KILLS, keeps_processes=False, faults=partial(crashes, share=0.25), settings=_SETTINGS),
}


@dataclass
class Report:
    """The results of a group."""

    orders: int = 0
    charges: int = 0
    violations: list[str] = field(default_factory=list)
    injected: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class FinishedOrder:
    """An order whose clients have finished. `final_status` is None if a client gave up."""

    shop: Shop
    final_status: str | None


async def run_group(group: Group, orders: Sequence[Order], *, seed: str, at_once: int, planted: str | None) -> Report:
    """Pay one order of each flow without faults. If that causes no violation, pay all orders under faults."""
    async with start_cluster(group, planted) as cluster:
        ledger = Ledger(cluster.sandbox.port)
        report = Report()
        baseline = await _pay(cluster, [Order.without_faults(flow) for flow in FLOWS], ledger, at_once)
        await _audit(cluster, group, baseline, ledger, report)
        if report.violations:
            return report
        before = await measure(cluster)
        disturbing = asyncio.ensure_future(group.disturb(cluster, random.Random(seed)))
        paid = await _pay(cluster, orders, ledger, at_once)
        cluster.finished.set()
        await disturbing
        await wait_until_idle(cluster, group, before)
        await _audit(cluster, group, paid, ledger, report)
        report.injected += cluster.proxy.injected
        report.violations += cluster.violations + unexpected_log_lines(cluster.replicas)
        return report


async def _audit(cluster: Cluster, group: Group, paid: Sequence[FinishedOrder], ledger: Ledger, report: Report) -> None:
    await ledger.read()
    report.orders += len(paid)
    for one in paid:
        purchase = await read_purchase(cluster.sandbox.port, ledger, one.shop.order.ids["customer"])
        report.charges += len(purchase.charges)
        report.violations += _violations(cluster, group, one, purchase)


def _violations(cluster: Cluster, group: Group, paid: FinishedOrder, purchase: Purchase) -> Iterator[str]:
    lost = (text for client in paid.shop.clients for text in unanswered(cluster, group, client))
    for violation in (*audit(paid.shop, purchase, paid.final_status), *lost):
        results = [f"  {len(list(several))} times: {text}" for text, several in itertools.groupby(_results(paid.shop))]
        yield "\n".join([f"{paid.shop.order.seed}: {violation}", f"  {paid.shop.order}", *results])


def _results(shop: Shop) -> Iterator[str]:
    for client in shop.clients:
        yield from map(str, client.results)
    for device in shop.devices:
        yield from (f"on the device: {result}" for result in device.results)


async def _pay(cluster: Cluster, orders: Sequence[Order], ledger: Ledger, at_once: int) -> list[FinishedOrder]:
    slots = asyncio.Semaphore(at_once)

    async def pay(number: int, order: Order) -> FinishedOrder:
        async with slots:
            flow = FLOWS[order.flow]
            await order.prepare(cluster.sandbox.port, flow.card)
            cluster.proxy.plan(order.ids.values(), order.faults)
            shop = Shop(cluster, order)
            final_status = None
            try:
                final_status = await flow.pay(shop)
            except NoFinalStatus as error:
                cluster.violations.append(f"{order.seed}: {error}: {order}")
            except GaveUp:
                pass
            if number % 100 == 99:
                await ledger.read()
            return FinishedOrder(shop, final_status)

    return list(await asyncio.gather(*(pay(*numbered) for numbered in enumerate(orders))))
