"""`python -m quality.faults.payments`: pays seeded orders under faults, and reports the violations.

python -m quality.faults.payments --scenarios 1000 --seed 7
python -m quality.faults.payments --seed 7 --only 317                     repeat one order
python -m quality.faults.payments --planted payments.new_key_per_request  run with a planted bug, which must be found
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections import Counter

from quality.faults.payments.flows import FLOWS
from quality.faults.payments.orders import Order
from quality.faults.payments.run import GROUPS, Report, run_group

PLANTED_BUGS = {
    "payments.new_key_per_request": "storm",
    "payments.new_key_per_try": "storm",
    "payments.unknown_is_not_done": "storm",
}
"""The planted bugs, and the group that must find each."""

ATTEMPTS = 6
"""The number of runs, each with a new seed, after which a planted bug counts as not found."""


def main() -> int:
    """Run and report. Returns 0 if there is no violation; with a planted bug, 0 if there is one."""
    options = _options()
    if options.list_planted:
        print(*PLANTED_BUGS)
        return 0
    reports = asyncio.run(_search(options))
    violations = [text for report in reports for text in report.violations]
    for text in violations[: options.show]:
        print(f"\nVIOLATION in {text}")
    injected: Counter[str] = sum((report.injected for report in reports), Counter())
    orders, charges = sum(report.orders for report in reports), sum(report.charges for report in reports)
    print(
        f"\n{orders} orders, {charges} charges, {sum(injected.values())} faults of {len(injected)} kinds were injected"
    )
    print(f"{len(violations)} violations")
    return int(bool(violations) is not bool(options.planted))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m quality.faults.payments", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--scenarios", type=int, default=300, help="number of orders (300)")
    parser.add_argument("--seed", default="1", help="seed of the orders (1)")
    parser.add_argument("--only", type=int, help="run only the order with this number")
    parser.add_argument("--flow", default="", help="run only flows whose name contains this")
    parser.add_argument("--group", choices=GROUPS, help="run only this group")
    parser.add_argument("--planted", choices=PLANTED_BUGS, help="run with a bug from quality/faults/planted/payments")
    parser.add_argument("--list-planted", action="store_true", help="print the names of the planted bugs")
    parser.add_argument("--at-once", type=int, default=60, help="concurrent orders (60)")
    parser.add_argument("--show", type=int, default=10, help="number of violations to print (10)")
    options = parser.parse_args()
    options.group = options.group or PLANTED_BUGS.get(options.planted)
    return options


async def _search(options: argparse.Namespace) -> list[Report]:
    """Run the orders. With a planted bug, repeat with new seeds until there is a violation."""
    seeds = (
        [options.seed, *(f"{options.seed}.{n}" for n in range(2, ATTEMPTS + 1))] if options.planted else [options.seed]
    )
    reports: list[Report] = []
    for seed in seeds:
        reports = [await _run(name, orders, options) for name, orders in _draw_orders(seed, options).items() if orders]
        if any(report.violations for report in reports):
            break
    return reports


def _draw_orders(seed: str, options: argparse.Namespace) -> dict[str, list[Order]]:
    """The orders by group. Every sixth order belongs to the second group."""
    names, flows = list(GROUPS), [name for name in FLOWS if options.flow in name]
    orders: dict[str, list[Order]] = {name: [] for name in names}
    for number in range(options.scenarios) if options.only is None else [options.only]:
        name = options.group or names[number % 6 == 5]
        orders[name].append(Order.from_seed(f"{seed}:{number}", flows, GROUPS[name].faults))
    return orders


async def _run(name: str, orders: list[Order], options: argparse.Namespace) -> Report:

    started = time.monotonic()
    report = await run_group(GROUPS[name], orders, seed=options.seed, at_once=options.at_once, planted=options.planted)
    seconds = time.monotonic() - started
    print(f"{name}: {len(orders)} orders in {seconds:.0f} s, {len(report.violations)} violations", flush=True)
    return report


if __name__ == "__main__":
    sys.exit(main())
