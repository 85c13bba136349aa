"""API keys: as a Bearer token, as the user name of Basic authentication, or as the parameter `key`."""

import base64
import binascii
import re
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum

from starlette.datastructures import Headers

from sandbox.errors import AuthenticationError, PermissionDenied, StripeError
from sandbox.http.form import Form, read_form
from sandbox.http.request import HttpRequest

_KEY = re.compile(r"(sk|rk|pk|ek)_test_[A-Za-z0-9_]+|cuss_secret_[A-Za-z0-9]+")


class KeyType(Enum):
    """A secret key has full access. A publishable key is visible to payers, so its access is restricted.

    An ephemeral key, and the client secret of a customer session, have access to one customer.
    """

    SECRET = "secret"
    PUBLISHABLE = "publishable"
    EPHEMERAL = "ephemeral"
    CUSTOMER_SESSION = "customer_session"


_TYPES = {"pk": KeyType.PUBLISHABLE, "ek": KeyType.EPHEMERAL, "cuss": KeyType.CUSTOMER_SESSION}


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A well-formed key, and its type."""

    type: KeyType
    text: str


def authenticate(request: HttpRequest) -> ApiKey:
    """Returns the request's API key. Raises AuthenticationError when it is missing or invalid."""
    key = _key_in_header(request.headers) or _key_in_form(request)
    if not key:
        raise AuthenticationError(
            "You did not provide an API key. You need to provide your API key in the Authorization header,"
            " using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."
        )
    if key.startswith(("sk_test_expired", "rk_test_expired")):
        raise AuthenticationError(f"Expired API Key provided: {_masked(key)}", code="api_key_expired")
    if not _KEY.fullmatch(key):
        raise AuthenticationError(f"Invalid API Key provided: {_masked(key)}")
    return ApiKey(_TYPES.get(key.partition("_")[0], KeyType.SECRET), key)


def form_without_key(request: HttpRequest) -> Form:
    """Returns the request's parameters without the API key, if that is one of them."""
    form = read_form(request)
    if not _key_in_header(request.headers):
        form.pop("key", None)
    return form


def connected_account(headers: Headers) -> str | None:
    """Returns the id of the connected account for which the request is made, or None without one."""
    return headers.get("stripe-account") or headers.get("stripe-context") or None


def no_access(account: str) -> PermissionDenied:
    """Returns the error for a connected account that is unknown, or has disconnected from the platform."""
    message = (
        f"The provided key 'sk_test_***' does not have access to account '{account}' (or that account does not exist)."
        " Application access may have been revoked."
    )
    return PermissionDenied(message, code="account_invalid")


def _key_in_header(headers: Headers) -> str:
    scheme, _, credentials = headers.get("authorization", "").strip().partition(" ")
    if scheme.lower() == "bearer":
        return credentials.strip()
    return _user_name(credentials.strip()) if scheme.lower() == "basic" else ""


def _key_in_form(request: HttpRequest) -> str:
    """Returns the publishable key in the parameter `key`, which is how browsers send it, or an empty string."""
    with suppress(StripeError):
        key = read_form(request).get("key")
        if isinstance(key, str) and key.startswith("pk_"):
            return key
    return ""


def _user_name(credentials: str) -> str:
    try:
        return base64.b64decode(credentials, validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _masked(key: str) -> str:
    """Returns the key as Stripe shows it: its type and its last four characters."""
    match = re.match(r"[a-z]{2}_(test|live)_", key)
    return f"{match[0] if match else ''}{'*' * min(len(key), 16)}{key[-4:] if len(key) > 12 else ''}"
