"""Measures the CPU time to reject hostile documents: `uv run python -m quality.benchmarks.hostile`."""

from __future__ import annotations

import asyncio
import time

from quality.harness.clients import Api, Recorder
from quality.harness.hostile_documents import HOSTILE
from sandbox import create_sandbox
from serving.settings.settings import Settings

TRIES = 5


async def _cost(api: Api, document: str) -> float:
    """The minimum of several tries in milliseconds. Each try has a new document, which no cache contains."""
    best = float("inf")
    for number in range(TRIES):
        began = time.process_time()
        response = await api.http.post("/graphql", json={"query": document + " " * number})
        best = min(best, time.process_time() - began)
        assert "data" not in response.json()
    return best * 1000


async def main() -> None:
    """Print the table, most expensive first."""
    async with Api(Settings(), Recorder.over(create_sandbox())) as api:
        costs = [(await _cost(api, document), len(document), name) for name, document in HOSTILE.items()]
    print("| document | bytes | CPU time to reject |\n|---|--:|--:|")
    for cost, length, name in sorted(costs, reverse=True):
        print(f"| {name} | {length:,} | {cost:.1f} ms |")


if __name__ == "__main__":
    asyncio.run(main())
