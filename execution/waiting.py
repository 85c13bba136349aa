"""Values that are there at once, and values that have to be awaited: a task costs more than most values."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from types import CoroutineType
from typing import Any

from execution.request import Raised

MaybeLater = Any
"""A value, or a coroutine of one."""


async def come(value: MaybeLater) -> Any:
    """The value, once it is there."""
    return await value if _is_later(value) else value


def then(value: MaybeLater, use: Callable[[Any], MaybeLater]) -> MaybeLater:
    """What becomes of the value by `use`: at once, where it is there at once."""
    return _after(value, use) if _is_later(value) else use(value)


def together(begin: Iterable[Callable[[], MaybeLater]]) -> MaybeLater:
    """What all of them give, in a list. All have ended when the first of their errors is raised."""
    begun = [_begun(one) for one in begin]
    return _ended(begun) if any(map(_is_later, begun)) else _sound(begun)


def _is_later(value: MaybeLater) -> bool:
    return type(value) is CoroutineType


async def _after(value: Coroutine[Any, Any, Any], use: Callable[[Any], MaybeLater]) -> Any:
    return await come(use(await value))


def _begun(begin: Callable[[], MaybeLater]) -> MaybeLater:
    try:
        return begin()
    except Exception as error:
        return Raised(error)


async def _ended(begun: list[MaybeLater]) -> list[Any]:
    waiting = [at for at, one in enumerate(begun) if _is_later(one)]
    first, *others = (_caught(begun[at]) for at in waiting)
    ended = await asyncio.gather(first, *others) if others else [await first]
    for at, one in zip(waiting, ended, strict=True):
        begun[at] = one
    return _sound(begun)


async def _caught(waiting: Coroutine[Any, Any, Any]) -> Any:
    try:
        return await waiting
    except Exception as error:
        return Raised(error)


def _sound(ended: list[Any]) -> list[Any]:
    for one in ended:
        if type(one) is Raised:
            raise one.error
    return ended
