"""Python source under construction, and the objects that its names stand for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Lines = list[str]


class Source:
    """The source of one plan. Its text holds names made here, field names as literals, and no other user input."""

    def __init__(self, names: dict[str, Any]) -> None:
        self._names = dict(names)
        self._lines: Lines = []
        self._count = 0

    def new_name(self, prefix: str) -> str:
        """A name that is not used yet."""
        self._count += 1
        return f"{prefix}_{self._count}"

    def bind(self, prefix: str, value: Any) -> str:
        """A new name for an object."""
        name = self.new_name(prefix)
        self._names[name] = value
        return name

    def add(self, lines: Iterable[str]) -> None:
        """Append lines of the module."""
        self._lines += lines

    def define(self, prefix: str, parameters: str, body: Lines) -> str:
        """Append a function. Returns its new name."""
        name = self.new_name(prefix)
        self.add(block(f"def {name}({parameters}):", body))
        return name

    def execute(self) -> dict[str, Any]:
        """Execute the source. Returns all its names."""
        exec("\n".join(self._lines), self._names)
        return self._names


def block(head: str, body: Lines) -> Lines:
    """A compound statement; nothing if its body is empty."""
    return [head, *(f"    {line}" for line in body)] if body else []
