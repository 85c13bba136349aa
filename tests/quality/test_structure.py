"""The product's modules, classes, functions and folders stay small: a reader can keep each in mind."""

from __future__ import annotations

import ast
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from quality.harness.processes import ROOT

PACKAGES = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["root_packages"]
# Lines, and of a folder the modules.
LIMITS = {"module": 300, "class": 200, "function": 45, "folder": 13}

# What may be larger, its own limit, and the reason. A module is named by its path, a class or a function in it like
# `sandbox/app.py:Sandbox`. Remove an exception as soon as it is not needed.
EXCEPTIONS: dict[str, tuple[int, str]] = {
    "resolvers/mutations": (20, "It has one file per mutation."),
    "schema": (15, "What all types share lies next to the types that have no folder."),
}


class Part(NamedTuple):
    """A module, class, function or folder, and its size."""

    kind: str
    name: str
    size: int

    @property
    def limit(self) -> int:
        return EXCEPTIONS.get(self.name, (LIMITS[self.kind],))[0]

    def __str__(self) -> str:
        if self.kind == "folder":
            return f"{self.name}/ has {self.size} modules, at most {self.limit} are allowed: group them by subject"
        return f"{self.name} is a {self.kind} of {self.size} lines, at most {self.limit} are allowed: divide it"


@cache
def parts(root: Path) -> tuple[Part, ...]:
    """Everything that has a limit. The root is a folder too: its modules compose the packages."""
    paths = [*root.glob("*.py"), *(path for package in PACKAGES for path in (root / package).rglob("*.py"))]
    names = sorted(path.relative_to(root) for path in paths)
    folders = Counter(name.parent.as_posix() for name in names if name.name != "__init__.py")
    return (
        *(Part("folder", folder, size) for folder, size in folders.items()),
        *(part for name in names for part in parts_of_module(name.as_posix(), (root / name).read_text("utf-8"))),
    )


def parts_of_module(name: str, text: str) -> Iterator[Part]:
    yield Part("module", name, len(text.splitlines()))
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            kind = "class" if isinstance(node, ast.ClassDef) else "function"
            yield Part(kind, f"{name}:{node.name}", (node.end_lineno or 0) - node.lineno + 1)


def too_large(root: Path) -> str:
    return "\n".join(str(part) for part in parts(root) if part.size > part.limit)


def test_nothing_is_too_large():
    assert too_large(ROOT) == ""


def test_all_packages_are_measured():
    assert {part.name.partition("/")[0] for part in parts(ROOT) if part.kind == "folder"} == {".", *PACKAGES}


def test_every_exception_is_needed():
    needed = {part.name for part in parts(ROOT) if part.size > LIMITS[part.kind]}
    assert EXCEPTIONS.keys() - needed == set(), "Remove these exceptions."


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("#\n" * 301, "schema/card.py is a module of 301 lines, at most 300 are allowed: divide it"),
        (
            "class Card:\n" + "    #\n" * 199 + "    brand = ''\n",
            "schema/card.py:Card is a class of 201 lines, at most 200 are allowed: divide it",
        ),
        (
            "def read():\n" + "    #\n" * 44 + "    return 1\n",
            "schema/card.py:read is a function of 46 lines, at most 45 are allowed: divide it",
        ),
    ],
)
def test_what_is_too_long_is_named(tmp_path, text, message):
    (tmp_path / "schema").mkdir()
    (tmp_path / "schema" / "card.py").write_text(text)
    assert too_large(tmp_path) == message


def test_a_folder_with_too_many_modules_is_named(tmp_path):
    (tmp_path / "execution").mkdir()
    for name in ("__init__", *(f"part_{number}" for number in range(14))):
        (tmp_path / "execution" / f"{name}.py").write_text("")
    assert too_large(tmp_path) == "execution/ has 14 modules, at most 13 are allowed: group them by subject"
