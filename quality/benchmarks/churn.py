"""Sends ever new documents and measures memory growth: `uv run python -m quality.benchmarks.churn`.

Each document is sent twice, so that it is parsed, validated, kept and compiled, and pushes another out. In one process,
over the embedded sandbox. Exits with 1 when memory has grown in the second half of the run.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import logging
import sys

import httpx
import psutil

import app
from quality.benchmarks.operations import listing, numbered
from serving.settings.settings import Settings

PARTS = 20
GROWTH = 1.05
"""How much larger memory may be at the end than in the middle."""


async def resident(documents: int) -> list[float]:
    """MiB after each part of the run."""
    service = app.Service(Settings(log_level="error"))
    transport = httpx.ASGITransport(app=service.app())
    found: list[float] = []
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        for number in range(documents):
            operation = numbered(listing(10), str(number))
            for _ in range(2):
                answer = await client.post("/graphql", content=operation.body(), headers=_JSON)
                assert answer.status_code == 200, answer.text
                assert b"errors" not in answer.content, answer.text
            if (number + 1) % (documents // PARTS) == 0:
                gc.collect()
                found.append(psutil.Process().memory_info().rss / 2**20)
                print(f"{number + 1:8} documents  {found[-1]:7.1f} MiB  {service.executor.counts}", flush=True)
    return found


_JSON = {"Content-Type": "application/json"}


def main() -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=20_000, help="how many, each sent twice (20000)")
    options = parser.parse_args()
    logging.disable(logging.INFO)
    found = asyncio.run(resident(max(PARTS, options.documents)))
    grown = found[-1] / found[len(found) // 2]
    print(f"from the middle to the end: {grown:.2f} times")
    return 1 if grown > GROWTH else 0


if __name__ == "__main__":
    sys.exit(main())
