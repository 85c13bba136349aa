"""Which processor core does what: the server under test has one to itself, all else shares another."""

from __future__ import annotations

import os
from collections.abc import Sequence

_ALL = sorted(os.sched_getaffinity(0))

SERVER = _ALL[0]
REST = _ALL[-1]
"""The upstream, the load and this program. The same as SERVER where there is but one core; figures mean little then."""


def on(core: int | None, command: Sequence[str]) -> list[str]:
    """The command, pinned to one core; None leaves it all."""
    return list(command) if core is None else ["taskset", "-c", str(core), *command]
