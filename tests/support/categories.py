"""The categories of tests: `browser`, `process` (starts processes), `search` (generates cases) and `unit` (the rest).

A test needs no marker of its own: its category follows from what its code, its fixtures and their helpers use.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import subprocess
import sys
from collections.abc import Iterator
from types import CodeType, FunctionType, ModuleType
from typing import Any

import pytest
from hypothesis import is_hypothesis_test

OWN = ("tests.", "quality.", "hatch_build")
"""Only code in these packages is searched."""

CATEGORIES = ("browser", "process", "search", "unit")
"""The slowest first."""


def categorise(item: pytest.Item) -> None:
    """Give a test its category, and keep tests that share the processes of a module in one worker."""
    assert isinstance(item, pytest.Function)
    definitions = [fixture for found in item._fixtureinfo.name2fixturedefs.values() for fixture in found]
    if _category(item) is None:
        item.add_marker(_found_category(item, [fixture.func for fixture in definitions]))
    shared = [fixture for fixture in definitions if fixture.scope in ("module", "class")]
    if any(starts_processes(fixture.func) for fixture in shared):
        item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))


def category_number(item: pytest.Item) -> int:
    """The place of its category among the categories."""
    return CATEGORIES.index(_category(item) or "unit")


def _category(item: pytest.Item) -> str | None:
    return next((name for name in CATEGORIES if item.get_closest_marker(name)), None)


def _found_category(item: pytest.Function, fixtures: list[Any]) -> str:
    if "chromium" in item.fixturenames:
        return "browser"
    if any(map(starts_processes, [item.function, *fixtures])):
        return "process"
    return "search" if is_hypothesis_test(item.function) else "unit"


@functools.cache
def starts_processes(function: Any) -> bool:
    """Whether a function uses `subprocess`, itself or through other functions of the tests."""
    return _reaches_subprocess(inspect.unwrap(function), set())


def _reaches_subprocess(value: Any, seen: set[int]) -> bool:
    if value is subprocess:
        return True
    if id(value) in seen:
        return False
    seen.add(id(value))
    if isinstance(value, type):
        return _is_own(value) and any(_reaches_subprocess(member, seen) for member in vars(value).values())
    function = _function(value)
    return function is not None and any(_reaches_subprocess(used, seen) for used in _used(function))


def _function(value: Any) -> FunctionType | None:
    """The plain function in a function, method, property or decorated function, if it is one of ours."""
    inner = getattr(value, "__func__", None) or getattr(value, "fget", None) or value
    inner = inspect.unwrap(inner) if callable(inner) else inner
    return inner if isinstance(inner, FunctionType) and _is_own(inner) else None


def _is_own(value: Any) -> bool:
    return str(value.__module__).startswith(OWN)


def _used(function: FunctionType) -> Iterator[Any]:
    """The module-level values that a function names, also through modules of ours."""
    names = set(_names(function.__code__))
    for name in names:
        value = function.__globals__.get(name)
        yield value
        if isinstance(value, ModuleType) and value.__name__.startswith(OWN):
            yield from (getattr(value, member, None) for member in names)
    for cell in function.__closure__ or ():
        with contextlib.suppress(ValueError):
            yield cell.cell_contents


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)


class Guard:
    """Fails a test that starts a process and is not marked for it."""

    def __init__(self) -> None:
        self.running: pytest.Item | None = None
        sys.addaudithook(self._audit)

    def _audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "subprocess.Popen" and self.running is not None and _category(self.running) in ("search", "unit"):
            pytest.fail(f"starts {arguments[0]!r}: mark the test with @pytest.mark.process")
