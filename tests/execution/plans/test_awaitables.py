import asyncio

import pytest

from execution.plans.plan import gather

pytestmark = pytest.mark.anyio


async def test_all_run_concurrently():
    both = asyncio.Barrier(2)
    async with asyncio.timeout(5):
        await gather([pass_barrier(both), pass_barrier(both)])


async def pass_barrier(barrier):
    await barrier.wait()


async def test_one_alone_needs_no_task():
    tasks = []

    async def record():
        tasks.append(asyncio.current_task())

    await gather([record()])
    assert tasks == [asyncio.current_task()]


async def test_nothing_to_run():
    await gather([])
