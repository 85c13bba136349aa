"""Pays orders over two replicas while a group's faults happen, and audits each."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from quality.faults.auditor import Ledger
from quality.faults.groups import outages
from quality.faults.kills import crashes, kills
from quality.faults.payments.auditor import audit
from quality.faults.payments.flows import FLOWS
from quality.faults.payments.orders import Order
from quality.faults.payments.purchase import Purchase, read_purchase
from quality.faults.payments.shop import GaveUp, NeverEnded, Shop
from quality.faults.process_checks import complaints, measure, unanswered, wait_until_quiet
from quality.faults.scene import Group, Scene, open_scene

# So many orders fail concurrently that the circuit breaker would stay open. `make faults` checks it.
_SETTINGS = {"STRIPE_BREAKER_FAILURES": "0"}
# A replica needs seconds to start: were it killed more often, the orders would only wait.
_KILLS = partial(kills, pauses=(3, 6))
GROUPS: Mapping[str, Group] = {
    "storm": Group(5 / 6, outages, settings=_SETTINGS),
    "kill": Group(1 / 6, _KILLS, keeps_processes=False, faults=partial(crashes, share=0.25), settings=_SETTINGS),
}


@dataclass
class Report:
    """The result of a group."""

    orders: int = 0
    charges: int = 0
    violations: list[str] = field(default_factory=list)
    met: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Paid:
    """An order after its clients have ended. `ended` is None if one gave up."""

    shop: Shop
    ended: str | None


async def run_group(group: Group, orders: Sequence[Order], *, seed: str, at_once: int, planted: str | None) -> Report:
    """Pay one order of each flow without faults, and then all orders, unless a flow has failed without faults."""
    async with open_scene(group, planted) as scene:
        ledger = Ledger(scene.sandbox.port)
        report = Report()
        undisturbed = await _pay(scene, [Order.undisturbed(flow) for flow in FLOWS], ledger, at_once)
        await _audit(scene, group, undisturbed, ledger, report)
        if report.violations:
            return report
        before = await measure(scene)
        disturbing = asyncio.ensure_future(group.disturb(scene, random.Random(seed)))
        paid = await _pay(scene, orders, ledger, at_once)
        scene.over.set()
        await disturbing
        await wait_until_quiet(scene, group, before)
        await _audit(scene, group, paid, ledger, report)
        report.met += scene.proxy.met
        report.violations += scene.wrong + complaints(scene.replicas)
        return report


async def _audit(scene: Scene, group: Group, paid: Sequence[Paid], ledger: Ledger, report: Report) -> None:
    await ledger.read()
    report.orders += len(paid)
    for one in paid:
        purchase = await read_purchase(scene.sandbox.port, ledger, one.shop.order.ids["customer"])
        report.charges += len(purchase.charges)
        report.violations += _violations(scene, group, one, purchase)


def _violations(scene: Scene, group: Group, paid: Paid, purchase: Purchase) -> Iterator[str]:
    lost = (text for client in paid.shop.clients for text in unanswered(scene, group, client))
    for violation in (*audit(paid.shop, purchase, paid.ended), *lost):
        results = [f"  {len(list(several))} times: {text}" for text, several in itertools.groupby(_results(paid.shop))]
        yield "\n".join([f"{paid.shop.order.seed}: {violation}", f"  {paid.shop.order}", *results])


def _results(shop: Shop) -> Iterator[str]:
    for client in shop.clients:
        yield from map(str, client.results)
    for device in shop.devices:
        yield from (f"on the device: {result}" for result in device.results)


async def _pay(scene: Scene, orders: Sequence[Order], ledger: Ledger, at_once: int) -> list[Paid]:
    places = asyncio.Semaphore(at_once)

    async def one(number: int, order: Order) -> Paid:
        async with places:
            flow = FLOWS[order.flow]
            await order.prepare(scene.sandbox.port, flow.card)
            scene.proxy.plan(order.ids.values(), order.faults)
            shop = Shop(scene, order)
            ended = None
            try:
                ended = await flow.pay(shop)
            except NeverEnded as error:
                scene.wrong.append(f"{order.seed}: {error}: {order}")
            except GaveUp:
                pass
            if number % 100 == 99:
                await ledger.read()
            return Paid(shop, ended)

    return list(await asyncio.gather(*(one(*numbered) for numbered in enumerate(orders))))
