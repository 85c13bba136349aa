"""What the compiled plans have done, counted for those who watch."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class PlanCounts:
    """Operations that a plan answered (`hits`), or for which there was none (`misses`); plans that were made.

    A hand-over is an operation that its plan gave to the executor on meeting what it can't answer: many of them, and
    the service is slow without anyone noticing.
    """

    hits: int = 0
    misses: int = 0
    compilations: int = 0
    handovers: int = 0
