"""Sends distinct documents and measures memory growth: `uv run python -m quality.benchmarks.churn`.

Each document is sent twice, so that it is compiled and replaces another in the cache. The service runs in this process
over the embedded sandbox. Exits with 1 if memory grows in the second half of the run.
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
"""The allowed ratio of memory at the end to memory in the middle of the run."""


async def resident(documents: int) -> list[float]:
    """Run. Returns the resident memory in MiB after each part of the run."""
    service = app.Service(Settings(log_level="error"))
    transport = httpx.ASGITransport(app=service.app())
    sizes: list[float] = []
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        for number in range(documents):
            operation = numbered(listing(10), str(number))
            for _ in range(2):
                response = await client.post("/graphql", content=operation.body(), headers=_JSON)
                assert response.status_code == 200, response.text
                assert b"errors" not in response.content, response.text
            if (number + 1) % (documents // PARTS) == 0:
                gc.collect()
                sizes.append(psutil.Process().memory_info().rss / 2**20)
                print(f"{number + 1:8} documents  {sizes[-1]:7.1f} MiB  {service.executor.counts}", flush=True)
    return sizes


_JSON = {"Content-Type": "application/json"}


def main() -> int:
    """Run and report. Returns 1 if memory has grown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=20_000, help="number of documents, each sent twice (20000)")
    options = parser.parse_args()
    logging.disable(logging.INFO)
    sizes = asyncio.run(resident(max(PARTS, options.documents)))
    grown = sizes[-1] / sizes[len(sizes) // 2]
    print(f"memory at the end ÷ memory in the middle: {grown:.2f}")
    return 1 if grown > GROWTH else 0


if __name__ == "__main__":
    sys.exit(main())
