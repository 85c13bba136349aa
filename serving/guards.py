"""Settings that must not go together, above all with a live key. Each refusal names the variable and what to do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import limits

from serving.settings import ASYMMETRIC, LIVE_KEYS, SECRET_BYTES, SYMMETRIC, TEST_KEYS, problem

if TYPE_CHECKING:
    from serving.settings import Settings

SEEN = ("fingerprint", "metadata")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def check(settings: Settings) -> None:
    """Raises ValueError for the first thing that is wrong."""
    _key(settings)
    _identity(settings)
    _live(settings)
    _words(settings)
    _store(settings)
    _metrics(settings)
    for name in ("rate_limit_caller", "rate_limit_address"):
        _rate(name, getattr(settings, name))


def _key(settings: Settings) -> None:
    key = settings.stripe_secret_key
    if key is not None and not key.get_secret_value().startswith((*TEST_KEYS, *LIVE_KEYS)):
        name = "stripe_secret_key_file" if settings.stripe_secret_key_file else "stripe_secret_key"
        raise problem(name, "give a secret or restricted key of Stripe's: sk_test_…, rk_test_…, sk_live_… or rk_live_…")


def _identity(settings: Settings) -> None:
    secret = settings.auth_secret
    if secret is not None and len(secret.get_secret_value().encode()) < SECRET_BYTES:
        raise problem("auth_secret", f"a secret has {SECRET_BYTES} bytes or more; make one with openssl rand -hex 32")
    if secret is not None and settings.auth_jwks_url is not None:
        raise problem("auth_jwks_url", "give it or AUTH_SECRET, not both")
    if settings.auth_jwks_url is not None and settings.auth_issuer is None:
        raise problem("auth_issuer", "AUTH_JWKS_URL needs it too: tokens of any other issuer are refused")
    if settings.auth_issuer is not None and settings.auth_audience is None:
        raise problem("auth_audience", "AUTH_ISSUER needs it too: a token for another service must not open this one")
    if not settings.allows_anonymous and settings.shared_secret is None and settings.auth_issuer is None:
        raise problem(
            "auth_issuer",
            "callers of Stripe must prove who they are: set AUTH_ISSUER and AUTH_AUDIENCE, or AUTH_SECRET; "
            "ALLOW_ANONYMOUS=true opens all wallets of a test key to everybody",
        )
    fitting = SYMMETRIC if settings.shared_secret is not None else ASYMMETRIC
    if not set(settings.auth_algorithms) <= set(fitting):
        raise problem("auth_algorithms", f"choose from {', '.join(fitting)}")


def _live(settings: Settings) -> None:
    if not settings.is_live:
        return
    for name in ("allow_anonymous", "playground", "show_calls"):
        if getattr(settings, name):
            raise problem(name, "it is for the sandbox and for test keys; leave it out with a live key")
    for name in ("stripe_api_base", "auth_issuer", "auth_jwks_url"):
        address = getattr(settings, name)
        if address is not None and not _is_safe(address):
            raise problem(name, "a live key needs https")


def _is_safe(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "https" or parts.hostname in _LOOPBACK


def _words(settings: Settings) -> None:
    if not set(settings.customer_sees) <= set(SEEN):
        raise problem("customer_sees", f"choose from {', '.join(SEEN)}")
    for origin in settings.cors_origins:
        if not re.fullmatch(r"https?://[^/?#\s*]+", origin):
            raise problem("cors_origins", "an origin is a scheme and a host, for example https://shop.example")


def _store(settings: Settings) -> None:
    url = settings.redis_url
    if url is not None and not re.match(r"(redis|rediss|unix)://.", url.get_secret_value()):
        name = "redis_url_file" if settings.redis_url_file else "redis_url"
        raise problem(name, "write it like redis://host:6379/0; rediss:// for TLS, unix:// for a socket")


def _metrics(settings: Settings) -> None:
    token = settings.metrics_token
    if token is not None and len(token.get_secret_value()) < 16:
        raise problem("metrics_token", "a token has 16 characters or more; make one with openssl rand -hex 16")


def _rate(name: str, value: str | None) -> None:
    if value is None:
        return
    try:
        limits.parse_many(value)
    except ValueError:
        raise problem(name, "write it like 600/minute, or 20/second;600/minute") from None
