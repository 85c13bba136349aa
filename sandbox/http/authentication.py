"""Who calls: a key, as Bearer or as the user name of Basic."""

import base64
import binascii
import re
from enum import Enum

from starlette.datastructures import Headers

from sandbox.errors import AuthenticationError, PermissionRefused

_KEY = re.compile(r"(sk|rk|pk)_test_[A-Za-z0-9_]+")


class Key(Enum):
    """What a key may do: a publishable one lies open in browsers, and may do little."""

    SECRET = "secret"
    PUBLISHABLE = "publishable"


def authenticate(key: str) -> Key:
    """Returns what a key may do. Raises AuthenticationError when it is empty or does not work here."""
    if not key:
        raise AuthenticationError(
            "You did not provide an API key. You need to provide your API key in the Authorization header,"
            " using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."
        )
    if key.startswith(("sk_test_expired", "rk_test_expired")):
        raise AuthenticationError(f"Expired API Key provided: {_masked(key)}", code="api_key_expired")
    if not _KEY.fullmatch(key):
        raise AuthenticationError(f"Invalid API Key provided: {_masked(key)}")
    return Key.PUBLISHABLE if key.startswith("pk_") else Key.SECRET


def key_in_header(headers: Headers) -> str:
    """Returns the key that the Authorization header holds, or an empty string."""
    scheme, _, credentials = headers.get("authorization", "").strip().partition(" ")
    if scheme.lower() == "bearer":
        return credentials.strip()
    return _user_name(credentials.strip()) if scheme.lower() == "basic" else ""


def refuse_other_accounts(headers: Headers) -> None:
    """Raises PermissionRefused for a request on behalf of a connected account: there is none here."""
    account = headers.get("stripe-account") or headers.get("stripe-context")
    if account:
        message = f"The provided key does not have access to account '{account}' (or that account does not exist)."
        raise PermissionRefused(message, code="account_invalid")


def _user_name(credentials: str) -> str:
    try:
        return base64.b64decode(credentials, validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _masked(key: str) -> str:
    """Returns the key as Stripe repeats it: its kind and its last four characters."""
    shown = re.match(r"[a-z]{2}_(test|live)_", key)
    kind = shown[0] if shown else ""
    return f"{kind}{'*' * min(len(key), 16)}{key[-4:] if len(key) > 12 else ''}"
