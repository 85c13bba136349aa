"""Assigns processes to CPU cores: one core for the measured server, another for all other processes."""

from __future__ import annotations

import os
from collections.abc import Sequence

_ALL = sorted(os.sched_getaffinity(0))

SERVER = _ALL[0]
LOAD_CORE = _ALL[-1]
"""The core of the upstream, the load generator and this program. On a single core, it equals SERVER."""


def on(core: int | None, command: Sequence[str]) -> list[str]:
    """The command, pinned to a core, or to none if `core` is None."""
    return list(command) if core is None else ["taskset", "-c", str(core), *command]
