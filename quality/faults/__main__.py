"""`python -m quality.faults`: runs seeded scenarios against the service as a process, and reports each that went wrong.

python -m quality.faults --scenarios 1000 --seed 7
python -m quality.faults --seed 7 --only 317            one scenario again
python -m quality.faults --planted no_key_on_retry      a broken service, in which something must be found
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
FINDS = {
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
"""The planted bugs, and the group that finds each."""
CONCERNS = {"replace_detaches_first": MOVING, "default_before_subscriptions": MOVING}
"""A part of the names of the kinds of work that a planted bug concerns, if it concerns few."""

ATTEMPTS = 8
"""How often the scenarios run, each time with another seed, before a planted bug counts as not found."""

SHARES = {**{name: group.share for name, group in GROUPS.items()}, UNREACHABLE: 0.05}
Found = list[tuple[Scenario, Client, str]]


def main() -> int:
    """The exit status: 0 when nothing went wrong; with a planted bug, when something did."""
    options = _options()
    if options.list_planted:
        print(*FINDS)
        return 0
    found, wrong = asyncio.run(_search(options))
    for scenario, client, violation in found[: options.show]:
        print(f"\nVIOLATION in {scenario.seed}: {violation}\n  {scenario}")
        for result, several in itertools.groupby(map(str, client.results)):
            print(f"  answered {len(list(several))} times: {result}")
    for text in wrong[: options.show]:
        print(f"\nWRONG: {text}")
    seeds = {scenario.seed for scenario, *_ in found}
    print(f"\n{len(seeds)} scenarios violated, {len(wrong)} other things wrong")
    return int(bool(found or wrong) is not bool(options.planted))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m quality.faults", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--scenarios", type=int, default=200, help="how many (200)")
    parser.add_argument("--seed", default="1", help="what they are drawn from (1)")
    parser.add_argument("--only", type=int, help="run one scenario of that seed alone, by its number")
    parser.add_argument("--group", choices=[*GROUPS, UNREACHABLE], help="run one group alone")
    parser.add_argument("--kind", default="", help="only kinds of work whose name contains this")
    parser.add_argument("--planted", choices=FINDS, help="run with a bug of quality/faults/planted, in its own group")
    parser.add_argument("--list-planted", action="store_true", help="print the names of the planted bugs")
    parser.add_argument("--at-once", type=int, default=40, help="scenarios at once (40)")
    parser.add_argument("--show", type=int, default=10, help="how many violations to print (10)")
    options = parser.parse_args()
    options.group = options.group or FINDS.get(options.planted)
    options.kind = options.kind or CONCERNS.get(options.planted, "")
    return options


def _drawn(options: argparse.Namespace) -> Iterator[tuple[str, list[Scenario]]]:
    """The scenarios of each group: the same number always falls into the same group."""
    numbers = range(options.scenarios) if options.only is None else [options.only]
    groups: dict[str, list[Scenario]] = {name: [] for name in SHARES}
    for number in numbers:
        groups[options.group or _group_of(number)].append(Scenario.drawn(f"{options.seed}:{number}", options.kind))
    yield from ((name, scenarios) for name, scenarios in groups.items() if scenarios)


def _group_of(number: int) -> str:
    """By its share, and spread evenly, so that few scenarios meet all groups."""
    place, end = number * 0.6180339887 % 1.0, 0.0
    for name, share in SHARES.items():
        end += share
        if place < end:
            return name
    return UNREACHABLE


async def _search(options: argparse.Namespace) -> tuple[Found, list[str]]:
    """Runs the scenarios once; with a planted bug, again with other seeds until something is found."""
    found, wrong = await _run(options)
    seed = options.seed
    for attempt in range(2, ATTEMPTS + 1):
        if not options.planted or found or wrong:
            break
        options.seed = f"{seed}.{attempt}"
        found, wrong = await _run(options)
    return found, wrong


async def _run(options: argparse.Namespace) -> tuple[Found, list[str]]:
    found: Found = []
    wrong: list[str] = []
    met: Counter[str] = Counter()
    for name, scenarios in _drawn(options):
        started = time.monotonic()
        if name == UNREACHABLE:
            violations = await run_unreachable(scenarios)
        else:
            violations, others, proxy = await _run_group(name, scenarios, options)
            wrong += [f"{name}: {text}" for text in others]
            met += proxy.met
        found += violations
        seconds = time.monotonic() - started
        print(f"{name}: {len(scenarios)} scenarios in {seconds:.0f} s, {len(violations)} violations", flush=True)
    print(f"{sum(met.values())} faults of {len(met)} kinds were met")
    return found, wrong


async def _run_group(
    name: str, scenarios: list[Scenario], options: argparse.Namespace
) -> tuple[Found, list[str], Proxy]:
    group, planted = GROUPS[name], options.planted
    found, wrong, proxy = await run_group(group, scenarios, seed=options.seed, at_once=options.at_once, planted=planted)
    slow = {scenario.seed for scenario, _, violation in found if violation.startswith(TOO_LONG)}
    if slow and group.keeps_processes:
        # The machine may have been too busy for the service to meet its deadline: run these again, alone.
        again, *_ = await run_group(
            group, [Scenario.drawn(seed, options.kind) for seed in slow], seed=options.seed, at_once=2, planted=planted
        )
        found = [entry for entry in found if not entry[2].startswith(TOO_LONG)] + again
    return found, wrong, proxy


if __name__ == "__main__":
    sys.exit(main())
