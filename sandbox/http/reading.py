"""What a request says whatever its endpoint: a key, a version, and parameters in a form."""

import re
from contextlib import suppress

from starlette.datastructures import Headers

from sandbox.errors import ParameterError, StripeError, TooLarge
from sandbox.http.authentication import key_in_header
from sandbox.http.form import Form, decode
from sandbox.http.request import MOST_BYTES, Incoming

DEFAULT_VERSION = "2026-10-28.endive"

_VERSION = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(\.[a-z_]+)?")
_FORM = "application/x-www-form-urlencoded"


def refuse_strange_version(headers: Headers) -> None:
    """Raises for a Stripe-Version that cannot be one."""
    version = headers.get("stripe-version", DEFAULT_VERSION)
    if not _VERSION.fullmatch(version):
        raise ParameterError(f"Invalid Stripe API version: {version}")


def api_key(incoming: Incoming) -> str:
    """Returns the caller's key. A publishable one may also be a parameter, which is how browsers send it."""
    return key_in_header(incoming.headers) or _key_in_form(incoming)


def decoded_form(incoming: Incoming) -> Form:
    """Returns the parameters, without the key that may be among them."""
    form = _form(incoming)
    if not key_in_header(incoming.headers):
        form.pop("key", None)
    return form


def _key_in_form(incoming: Incoming) -> str:
    with suppress(StripeError):
        key = _form(incoming).get("key")
        if isinstance(key, str) and key.startswith("pk_"):
            return key
    return ""


def _form(incoming: Incoming) -> Form:
    if incoming.body is None:
        raise TooLarge(f"The body is too large: at most {MOST_BYTES} bytes are read.")
    if incoming.method != "POST" or not incoming.body:
        return decode(incoming.query)
    if incoming.headers.get("content-type", _FORM).split(";")[0].strip().lower() != _FORM:
        raise ParameterError(f"Invalid request (check that your POST content type is {_FORM}).")
    return decode(incoming.query, incoming.body)
