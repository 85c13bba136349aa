"""Counts of the uses of the read cache, for metrics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass
class Counts:
    """Numbers since the start of the process.

    `hits` are reads answered from the cache, whose ages add up to `age_of_hits` in seconds. `joined` are reads that
    shared the call of another one. `misses` called Stripe, and so did `bypasses`: reads without the cache because the
    operation or the state of the storage required it. `failures` are uses of the storage that failed. `evictions` are
    evicted wallets, by cause.
    """

    hits: int = 0
    joined: int = 0
    misses: int = 0
    bypasses: int = 0
    failures: int = 0
    age_of_hits: float = 0.0
    evictions: Counter[str] = field(default_factory=Counter)

    def reads(self) -> Mapping[str, float]:
        """The numbers of reads by their source."""
        return {"hit": self.hits, "joined": self.joined, "miss": self.misses, "bypass": self.bypasses}
