"""The Stripe-Version header."""

import re

from starlette.datastructures import Headers

from sandbox.errors import ParameterError

DEFAULT_VERSION = "2026-10-28.endive"

_VERSION = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(\.[a-z_]+)?")


def requested_version(headers: Headers) -> str:
    """Returns the version that the request names, or the default one."""
    return headers.get("stripe-version", DEFAULT_VERSION)


def is_version(text: str) -> bool:
    """Returns whether the text has the form of a version."""
    return _VERSION.fullmatch(text) is not None


def check_version(headers: Headers) -> None:
    """Raises ParameterError when the version is malformed."""
    if not is_version(requested_version(headers)):
        raise ParameterError(f"Invalid Stripe API version: {requested_version(headers)}")
