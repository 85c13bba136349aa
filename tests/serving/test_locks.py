import asyncio

import pytest

from serving.locks import LocksInProcess


class TooLateError(Exception):
    pass


async def test_one_at_a_time():
    locks, held, most = LocksInProcess(), 0, 0

    async def work():
        nonlocal held, most
        async with locks.hold("a", deadline=None, too_late=TooLateError()):
            held += 1
            most = max(most, held)
            await asyncio.sleep(0)
            held -= 1

    await asyncio.gather(*(work() for _ in range(20)))
    assert most == 1
    assert not locks._locks


async def test_waiting_ends_at_the_deadline():
    locks, now = LocksInProcess(), asyncio.get_running_loop().time
    async with locks.hold("a", deadline=None, too_late=TooLateError()):
        with pytest.raises(TooLateError):
            async with locks.hold("a", deadline=now() + 0.02, too_late=TooLateError()):
                pass
        async with locks.hold("b", deadline=now() + 0.02, too_late=TooLateError()):
            pass
    async with locks.hold("a", deadline=now() + 0.02, too_late=TooLateError()):
        pass
    assert not locks._locks


async def test_a_failure_gives_the_name_back():
    locks = LocksInProcess()
    with pytest.raises(ZeroDivisionError):
        async with locks.hold("a", deadline=None, too_late=TooLateError()):
            raise ZeroDivisionError
    assert not locks._locks
