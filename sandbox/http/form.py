"""Decodes Stripe's bracketed forms: `card[networks][preferred]=visa`, `expand[]=customer`, `expand[0]=customer`."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import TypeAlias
from urllib.parse import unquote_to_bytes

from sandbox.errors import BodyTooLarge, ParameterError
from sandbox.http.request import MAX_BODY_BYTES, HttpRequest

# A list is a dict of its indices, so that `expand[]` and `expand[0]` have the same result.
FormValue: TypeAlias = "str | dict[str, FormValue]"
Form: TypeAlias = dict[str, FormValue]

MAX_PARAMETERS = 1000
MAX_NESTING = 8

_CONTENT_TYPE = "application/x-www-form-urlencoded"
_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_BRACKETS = re.compile(r"\[([^\[\]]*)\]")


def read_form(request: HttpRequest) -> Form:
    """Returns the parameters of the query string and, for a POST, of the body."""
    if request.body is None:
        raise BodyTooLarge(f"The body is too large: at most {MAX_BODY_BYTES} bytes are accepted.")
    if request.method != "POST" or not request.body:
        return decode(request.query)
    if request.headers.get("content-type", _CONTENT_TYPE).split(";")[0].strip().lower() != _CONTENT_TYPE:
        raise ParameterError(f"Invalid request (check that your POST content type is {_CONTENT_TYPE}).")
    return decode(request.query, request.body)


def decode(*encoded: bytes) -> Form:
    """Returns the nested parameters. If a name is repeated, the last value is used."""
    form: Form = {}
    for count, (name, value) in enumerate(_pairs(b"&".join(encoded))):
        if count >= MAX_PARAMETERS:
            raise ParameterError(f"Too many parameters: at most {MAX_PARAMETERS} are accepted.")
        _insert(form, _keys(name), value)
    return form


def _pairs(encoded: bytes) -> Iterator[tuple[str, str]]:
    for pair in encoded.split(b"&"):
        if pair:
            name, _, value = pair.partition(b"=")
            yield _text(name), _text(value)


def _text(encoded: bytes) -> str:
    try:
        return unquote_to_bytes(encoded.replace(b"+", b" ")).decode()
    except UnicodeDecodeError:
        raise ParameterError("The request contains bytes that are not UTF-8.") from None


def _keys(name: str) -> list[str]:
    match = _NAME.fullmatch(name)
    if match is None:
        return [name]  # Malformed brackets: the parameter is rejected later as unknown.
    keys = [match[1], *_BRACKETS.findall(match[2])]
    if len(keys) > MAX_NESTING:
        raise ParameterError(f"Parameters can be nested at most {MAX_NESTING} levels deep.", param=match[1])
    return keys


def _insert(form: Form, keys: list[str], value: str) -> None:
    branch = form
    for key, next_key in pairwise(keys):
        branch = _nested(branch, key, next_key, keys[0])
    branch[keys[-1] or str(len(branch))] = value


def _nested(branch: Form, key: str, next_key: str, param: str) -> Form:
    nested = branch.setdefault(key or _list_index(branch, next_key), {})
    if isinstance(nested, str):
        raise ParameterError(f"The parameter {param} is given both as a value and as an object.", param=param)
    return nested


def _list_index(branch: Form, next_key: str) -> str:
    """Returns the index for `[]`: the last element's, or a new one if that element already has the key."""
    last = branch.get(str(len(branch) - 1))
    fits = isinstance(last, dict) and next_key not in last
    return str(len(branch) - 1 if fits else len(branch))
