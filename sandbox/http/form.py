"""Bracketed form encoding, read: `card[networks][preferred]=visa`, `expand[]=customer`, `expand[0]=customer`."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import TypeAlias
from urllib.parse import unquote_to_bytes

from sandbox.errors import ParameterError

# A list is kept as a dict of its indices: `expand[]` and `expand[0]` then read alike.
Field: TypeAlias = "str | dict[str, Field]"
Form: TypeAlias = dict[str, Field]

MOST_PARAMETERS = 1000
DEEPEST_NESTING = 8

_KEY = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_STEP = re.compile(r"\[([^\[\]]*)\]")


def decode(*encoded: bytes) -> Form:
    """Returns the parameters of the query string and body given, nested; of two equal names the last wins."""
    form: Form = {}
    for count, (key, value) in enumerate(_pairs(b"&".join(encoded))):
        if count >= MOST_PARAMETERS:
            raise ParameterError(f"Too many parameters: at most {MOST_PARAMETERS} are read.")
        _place(form, _steps(key), value)
    return form


def _pairs(encoded: bytes) -> Iterator[tuple[str, str]]:
    for pair in encoded.split(b"&"):
        if pair:
            key, _, value = pair.partition(b"=")
            yield _text(key), _text(value)


def _text(encoded: bytes) -> str:
    try:
        return unquote_to_bytes(encoded.replace(b"+", b" ")).decode()
    except UnicodeDecodeError:
        raise ParameterError("The request holds bytes that are not UTF-8.") from None


def _steps(key: str) -> list[str]:
    match = _KEY.fullmatch(key)
    if match is None:
        return [key]  # Not brackets as Stripe writes them: an unknown name, and refused as one.
    steps = [match[1], *_STEP.findall(match[2])]
    if len(steps) > DEEPEST_NESTING:
        raise ParameterError(f"Parameters may be nested {DEEPEST_NESTING} deep at most.", param=match[1])
    return steps


def _place(form: Form, steps: list[str], value: str) -> None:
    branch = form
    for step, following in pairwise(steps):
        branch = _descend(branch, step, following, steps[0])
    branch[steps[-1] or str(len(branch))] = value


def _descend(branch: Form, step: str, following: str, param: str) -> Form:
    below = branch.setdefault(step or _element(branch, following), {})
    if isinstance(below, str):
        raise ParameterError(f"The parameter {param} is given both as a value and as an object.", param=param)
    return below


def _element(branch: Form, following: str) -> str:
    """Returns the index that `[]` means: the last element, unless that one has the member already."""
    last = branch.get(str(len(branch) - 1))
    fits = isinstance(last, dict) and following not in last
    return str(len(branch) - 1 if fits else len(branch))
