import asyncio

import pytest

from execution.waiting import come, then, together

pytestmark = pytest.mark.anyio


async def later(value, steps=1):
    for _ in range(steps):
        await asyncio.sleep(0)
    return value


def failing(message):
    raise ValueError(message)


async def failing_later(message):
    failing(await later(message))


class TestTogether:
    def test_what_is_there_needs_no_waiting(self):
        assert together([lambda: 1, lambda: 2]) == [1, 2]

    async def test_each_is_in_its_place(self):
        assert await come(together([lambda: later(1, 3), lambda: 2, lambda: later(3)])) == [1, 2, 3]

    async def test_they_wait_side_by_side(self):
        both = asyncio.Barrier(2)
        async with asyncio.timeout(5):
            await come(together([both.wait, both.wait]))

    @pytest.mark.parametrize("fail", [failing, failing_later])
    async def test_all_have_ended_when_the_first_error_is_raised(self, fail):
        ended = []

        async def work():
            ended.append(await later("work", 5))

        with pytest.raises(ValueError, match="first"):
            await come(together([lambda: fail("first"), work, lambda: failing_later("second")]))
        assert ended == ["work"]

    def test_an_error_at_once_is_raised_at_once(self):
        with pytest.raises(ValueError, match="now"):
            together([lambda: 1, lambda: failing("now")])


class TestThen:
    def test_at_once(self):
        assert then(2, lambda value: value + 1) == 3

    async def test_later(self):
        assert await come(then(later(2), lambda value: later(value + 1))) == 3
