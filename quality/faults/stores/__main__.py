"""`python -m quality.faults.stores`: writes to wallets over two replicas, while their shared store fails.

python -m quality.faults.stores --wallets 500
python -m quality.faults.stores --trial lost --planted stores.lost_lock_is_success    the trial must find the bug

In each trial, both replicas concurrently receive an attach of the same card to each wallet, with a duplicate policy.
Then each wallet must have exactly one card, unless a response reported otherwise. A request without a settled result
must have one after retries.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence

from quality.faults.stores.cluster import start_cluster
from quality.faults.stores.trials import CALLS_PER_SECOND, PLANTED_BUGS, TRIALS


async def _run(names: Sequence[str], wallets: int, planted: str | None) -> list[str]:
    violations: list[str] = []
    for name in names:
        started = time.monotonic()
        variables = {"STRIPE_CALLS_PER_SECOND": str(CALLS_PER_SECOND)} if name == "calls" else {}
        async with start_cluster(planted, **variables) as cluster:
            found = await TRIALS[name](cluster, wallets)
        print(f"{name}: {time.monotonic() - started:.0f} s, {len(found)} violations", flush=True)
        violations += [f"{name}: {violation}" for violation in found]
    return violations


def main() -> int:
    """Run and report. Returns 0 if there is no violation; with a planted bug, 0 if there is one."""
    parser = argparse.ArgumentParser(prog="python -m quality.faults.stores", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--wallets", type=int, default=60, help="concurrent wallets (60)")
    parser.add_argument("--trial", choices=TRIALS, help="run only this trial")
    parser.add_argument(
        "--planted",
        choices=PLANTED_BUGS,
        help="run the trial of a bug from quality/faults/planted/stores",
    )
    parser.add_argument("--list-planted", action="store_true", help="print the names of the planted bugs")
    options = parser.parse_args()
    if options.list_planted:
        print(*PLANTED_BUGS)
        return 0
    trial = options.trial or (PLANTED_BUGS[options.planted] if options.planted else None)
    violations = asyncio.run(_run([trial] if trial else list(TRIALS), options.wallets, options.planted))
    for text in violations[:10]:
        print(f"\nVIOLATION in {text[:1500]}")
    print(f"\n{len(violations)} violations")
    return int(bool(violations) is not bool(options.planted))


if __name__ == "__main__":
    sys.exit(main())
