"""`python -m quality.faults.stores`: many wallets at once over two replicas, while the store that they share fails.

python -m quality.faults.stores --wallets 500
python -m quality.faults.stores --trial lost --planted stores.lost_lock_is_success    the trial must detect the bug

In each trial both replicas get an attach of the same card for each wallet at the same time, with a duplicate policy.
Each wallet must then hold exactly one card, unless an answer said otherwise; and what is not settled must settle when
it is sent again.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence

from quality.faults.stores.scene import open_scene
from quality.faults.stores.trials import CALLS_PER_SECOND, FINDS, TRIALS


async def _run(names: Sequence[str], wallets: int, planted: str | None) -> list[str]:
    found: list[str] = []
    for name in names:
        started = time.monotonic()
        variables = {"STRIPE_CALLS_PER_SECOND": str(CALLS_PER_SECOND)} if name == "calls" else {}
        async with open_scene(planted, **variables) as scene:
            wrong = await TRIALS[name](scene, wallets)
        print(f"{name}: {time.monotonic() - started:.0f} s, {len(wrong)} violations", flush=True)
        found += [f"{name}: {one}" for one in wrong]
    return found


def main() -> int:
    """The exit status: 0 when nothing went wrong; with a planted bug, when something did."""
    parser = argparse.ArgumentParser(prog="python -m quality.faults.stores", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--wallets", type=int, default=60, help="wallets at once (60)")
    parser.add_argument("--trial", choices=TRIALS, help="run one trial alone")
    parser.add_argument("--planted", choices=FINDS, help="a bug of quality/faults/planted/stores; its own trial is run")
    parser.add_argument("--list-planted", action="store_true", help="print the names of the planted bugs")
    options = parser.parse_args()
    if options.list_planted:
        print(*FINDS)
        return 0
    trial = options.trial or (FINDS[options.planted] if options.planted else None)
    wrong = asyncio.run(_run([trial] if trial else list(TRIALS), options.wallets, options.planted))
    for text in wrong[:10]:
        print(f"\nVIOLATION in {text[:1500]}")
    print(f"\n{len(wrong)} violations")
    return int(bool(wrong) is not bool(options.planted))


if __name__ == "__main__":
    sys.exit(main())
