"""The Stripe-Version header."""

import re

from starlette.datastructures import Headers

from sandbox.errors import ParameterError

DEFAULT_VERSION = "2026-10-28.endive"

_VERSION = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(\.[a-z_]+)?")


def requested_version(headers: Headers) -> str:
    """Returns the version that the request names, or the default one. Several headers are joined, as by Stripe."""
    return ", ".join(headers.getlist("stripe-version")) or DEFAULT_VERSION


def is_version(text: str) -> bool:
    """Returns whether the text has the form of a version."""
    return _VERSION.fullmatch(text) is not None


def check_version(headers: Headers, *, is_required: bool = False) -> None:
    """Raises ParameterError when the version is malformed, or missing although it is required."""
    if is_required and "stripe-version" not in headers:
        raise ParameterError("You must set the header Stripe-Version to the API version of the client's SDK.")
    if not is_version(requested_version(headers)):
        raise ParameterError(f"Invalid Stripe API version: {requested_version(headers)}")
