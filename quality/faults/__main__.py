"""`python -m quality.faults`: runs seeded scenarios against service processes, and reports the violations.

python -m quality.faults --scenarios 1000 --seed 7
python -m quality.faults --seed 7 --only 317            repeat one scenario
python -m quality.faults --planted no_key_on_retry     run with a planted bug, which must be found
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import sys
import time
from collections import Counter
from collections.abc import Iterator

from quality.faults.auditor import TOO_LONG
from quality.faults.client import Client
from quality.faults.groups import GROUPS, run_group
from quality.faults.proxy import Proxy
from quality.faults.scenarios import Scenario
from quality.faults.unreachable import run_unreachable

UNREACHABLE = "unreachable"
MOVING = "moving"
PLANTED_BUGS = {
    "no_key_on_retry": "storm",
    "fallback_sends_again": "storm",
    "no_deadline": "storm",
    "replace_detaches_first": "storm",
    "default_before_subscriptions": "kill",
    "same_pool_on_retry": "stale",
    "errors_keep_bodies": "bodies",
    "no_write_timeout": "clients",
    "descriptors_blame_stripe": "descriptors",
}
"""The planted bugs, and the group that must find each."""
OPERATION_FILTERS = {"replace_detaches_first": MOVING, "default_before_subscriptions": MOVING}
"""The `--kind` filter for a planted bug that affects few operations."""

ATTEMPTS = 8
"""The number of runs, each with a new seed, after which a planted bug counts as not found."""

SHARES = {**{name: group.share for name, group in GROUPS.items()}, UNREACHABLE: 0.05}
Violations = list[tuple[Scenario, Client, str]]


def main() -> int:
    """Run and report. Returns 0 if there is no violation; with a planted bug, 0 if there is one."""
    options = _options()
    if options.list_planted:
        print(*PLANTED_BUGS)
        return 0
    violations, group_violations = asyncio.run(_search(options))
    for scenario, client, violation in violations[: options.show]:
        print(f"\nVIOLATION in {scenario.seed}: {violation}\n  {scenario}")
        for result, repeated in itertools.groupby(map(str, client.results)):
            print(f"  {len(list(repeated))} times: {result}")
    for text in group_violations[: options.show]:
        print(f"\nVIOLATION in {text}")
    seeds = {scenario.seed for scenario, *_ in violations}
    print(f"\n{len(seeds)} scenarios with violations, {len(group_violations)} violations of whole groups")
    return int(bool(violations or group_violations) is not bool(options.planted))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m quality.faults", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--scenarios", type=int, default=200, help="number of scenarios (200)")
    parser.add_argument("--seed", default="1", help="seed of the scenarios (1)")
    parser.add_argument("--only", type=int, help="run only the scenario with this number")
    parser.add_argument("--group", choices=[*GROUPS, UNREACHABLE], help="run only this group")
    parser.add_argument("--kind", default="", help="run only operations whose name contains this")
    parser.add_argument("--planted", choices=PLANTED_BUGS, help="run the group of a bug from quality/faults/planted")
    parser.add_argument("--list-planted", action="store_true", help="print the names of the planted bugs")
    parser.add_argument("--at-once", type=int, default=40, help="concurrent scenarios (40)")
    parser.add_argument("--show", type=int, default=10, help="number of violations to print (10)")
    options = parser.parse_args()
    options.group = options.group or PLANTED_BUGS.get(options.planted)
    options.kind = options.kind or OPERATION_FILTERS.get(options.planted, "")
    return options


def _draw_scenarios(options: argparse.Namespace) -> Iterator[tuple[str, list[Scenario]]]:
    """The scenarios by group. A scenario's number determines its group."""
    numbers = range(options.scenarios) if options.only is None else [options.only]
    groups: dict[str, list[Scenario]] = {name: [] for name in SHARES}
    for number in numbers:
        groups[options.group or _group_of(number)].append(Scenario.from_seed(f"{options.seed}:{number}", options.kind))
    yield from ((name, scenarios) for name, scenarios in groups.items() if scenarios)


def _group_of(number: int) -> str:
    """Groups get their shares of the numbers, evenly spread, so that a few scenarios already cover all groups."""
    position, end = number * 0.6180339887 % 1.0, 0.0
    for name, share in SHARES.items():
        end += share
        if position < end:
            return name
    return UNREACHABLE


async def _search(options: argparse.Namespace) -> tuple[Violations, list[str]]:
    """Run the scenarios. With a planted bug, repeat with new seeds until there is a violation."""
    violations, group_violations = await _run(options)
    seed = options.seed
    for attempt in range(2, ATTEMPTS + 1):
        if not options.planted or violations or group_violations:
            break
        options.seed = f"{seed}.{attempt}"
        violations, group_violations = await _run(options)
    return violations, group_violations


async def _run(options: argparse.Namespace) -> tuple[Violations, list[str]]:
    violations: Violations = []
    group_violations: list[str] = []
    injected: Counter[str] = Counter()
    for name, scenarios in _draw_scenarios(options):
        started = time.monotonic()
        if name == UNREACHABLE:
            found = await run_unreachable(scenarios)
        else:
            found, of_group, proxy = await _run_group(name, scenarios, options)
            group_violations += [f"{name}: {text}" for text in of_group]
            injected += proxy.injected
        violations += found
        seconds = time.monotonic() - started
        print(f"{name}: {len(scenarios)} scenarios in {seconds:.0f} s, {len(found)} violations", flush=True)
    print(f"{sum(injected.values())} faults of {len(injected)} kinds were injected")
    return violations, group_violations


async def _run_group(
    name: str, scenarios: list[Scenario], options: argparse.Namespace
) -> tuple[Violations, list[str], Proxy]:
    group, planted = GROUPS[name], options.planted
    found, group_violations, proxy = await run_group(
        group, scenarios, seed=options.seed, at_once=options.at_once, planted=planted
    )
    slow = {scenario.seed for scenario, _, violation in found if violation.startswith(TOO_LONG)}
    if slow and group.keeps_processes:
        # The machine may have been too busy for the service to meet its deadline. Repeat these with less load.
        repeated = [Scenario.from_seed(seed, options.kind) for seed in slow]
        again, *_ = await run_group(group, repeated, seed=options.seed, at_once=2, planted=planted)
        found = [entry for entry in found if not entry[2].startswith(TOO_LONG)] + again
    return found, group_violations, proxy


if __name__ == "__main__":
    sys.exit(main())
