"""Settings that are invalid together, mainly with a live key. Each error names the variable and says what to set."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from serving.settings.errors import problem
from serving.settings.groups.callers import (
    ASYMMETRIC,
    EXAMPLE_SECRET,
    NO_FEATURE,
    SANDBOX_SECRET,
    SECRET_BYTES,
    SESSION_FEATURES,
    SYMMETRIC,
)
from serving.settings.groups.limits import RATES
from serving.settings.groups.stripe import LIVE_KEYS, TEST_KEYS
from serving.settings.no_proxy import is_exempt

if TYPE_CHECKING:
    from serving.settings.settings import Settings

PUBLIC_SECRETS = (SANDBOX_SECRET, EXAMPLE_SECRET)
_WIDEST = {4: 8, 6: 7}
"""The shortest prefixes of private networks (10.0.0.0/8, fc00::/7), by the version of IP."""

VISIBLE_FIELDS = ("fingerprint", "metadata")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_KEY = re.compile(rf"(?:{'|'.join((*TEST_KEYS, *LIVE_KEYS))})[!-~]+")
_WEBHOOK_SECRET = re.compile(r"whsec_[!-+\--~]+")
_FOR_PRODUCTION = re.compile(r"auth_.*|redis_url(_file)?")
"""Settings that suggest that STRIPE_SECRET_KEY was forgotten."""


def check(settings: Settings) -> None:
    """Raises ValueError for the first conflict."""
    _key(settings)
    _sandbox(settings)
    _addresses(settings)
    _identity(settings)
    _live(settings)
    _proxies(settings)
    _words(settings)
    _store(settings)
    _read_cache(settings)
    _metrics(settings)
    _events(settings)
    for name in RATES:
        _rate(name, settings.rate(name))


def _key(settings: Settings) -> None:
    key = settings.stripe_secret_key
    if key is not None and not _KEY.fullmatch(key.get_secret_value()):
        name = _variable("stripe_secret_key", settings)
        raise problem(name, "give a Stripe secret or restricted key: sk_test_…, rk_test_…, sk_live_… or rk_live_…")


def _variable(name: str, settings: Settings) -> str:
    """The setting that a secret was given in: this one, or the file that contains it."""
    return f"{name}_file" if getattr(settings, f"{name}_file") else name


def _sandbox(settings: Settings) -> None:
    if settings.sandbox is not None and settings.sandbox != settings.uses_sandbox:
        advice = "set STRIPE_SECRET_KEY" if settings.uses_sandbox else "leave it out, or leave out STRIPE_SECRET_KEY"
        raise problem("sandbox", f"it contradicts STRIPE_SECRET_KEY: {advice}")
    if settings.sandbox is not None or not settings.uses_sandbox:
        return
    for name in sorted(settings.model_fields_set):
        if _FOR_PRODUCTION.fullmatch(name) and getattr(settings, name):
            message = f"set it, because {name.upper()} is set; SANDBOX=true starts the embedded sandbox"
            raise problem("stripe_secret_key", message)


def _addresses(settings: Settings) -> None:
    for name in ("stripe_api_base", "auth_issuer", "auth_jwks_url", "otel_exporter_otlp_endpoint"):
        address = getattr(settings, name)
        if name in settings.model_fields_set and address is not None and not _is_address(address):
            path = " without a path" if name == "stripe_api_base" else " or https://host/path"
            raise problem(name, f"write it like https://host, https://host:port{path}")

    _check_no_proxy(settings.no_proxy)
    for address in (None if settings.uses_sandbox else settings.stripe_api_base, settings.auth_issuer):
        proxy = settings.proxy_for(address) if address is not None else None
        if proxy is not None and not (re.match("https?://", proxy) and _is_address(proxy)):
            name = "https_proxy" if urlsplit(address).scheme == "https" else "http_proxy"
            raise problem(name, "write it (or ALL_PROXY) like http://proxy:3128; only HTTP proxies are supported")


def _check_no_proxy(value: str | None) -> None:
    try:
        is_exempt("", None, value or "")
    except ValueError as error:
        forms = "a host, .domain, *.domain, an address, a network such as 10.0.0.0/8, host:port or *"
        raise problem("no_proxy", f"{error} is none of these: {forms}") from None


def _is_address(address: str) -> bool:
    # Imported here so that commands that only read the settings start quickly.
    import httpx

    try:
        parts = urlsplit(address)
        return bool(httpx.URL(address).host and parts.hostname) and parts.port != 0 and not re.search(r"\s", address)
    except (ValueError, httpx.InvalidURL):
        return False


def check_shared_secret(settings: Settings) -> None:
    """Raises ValueError if the secret is too short, or the algorithms don't fit it."""
    secret = settings.auth_secret
    if secret is not None and len(secret.get_secret_value().encode()) < SECRET_BYTES:
        raise problem("auth_secret", f"give {SECRET_BYTES} bytes or more; create a secret with openssl rand -hex 32")
    fitting = SYMMETRIC if settings.shared_secret is not None else ASYMMETRIC
    if not set(settings.auth_algorithms) <= set(fitting):
        raise problem("auth_algorithms", f"choose from {', '.join(fitting)}")


def _identity(settings: Settings) -> None:
    check_shared_secret(settings)
    secret = settings.auth_secret
    if secret is not None and settings.auth_jwks_url is not None:
        raise problem("auth_jwks_url", "give it or AUTH_SECRET, not both")
    if settings.auth_jwks_url is not None and settings.auth_issuer is None:
        raise problem("auth_issuer", "set it too: with AUTH_JWKS_URL, only tokens of this issuer are accepted")
    if settings.auth_issuer is not None and settings.auth_audience is None and not settings.auth_client_ids:
        raise problem("auth_audience", "set it too: with AUTH_ISSUER, tokens for another service must be rejected")
    if not settings.allows_anonymous and settings.shared_secret is None and settings.auth_issuer is None:
        raise problem(
            "auth_issuer",
            "callers must authenticate: set AUTH_ISSUER and AUTH_AUDIENCE, or AUTH_SECRET; "
            "with a test key, ALLOW_ANONYMOUS=true lets anyone access all wallets",
        )


def _live(settings: Settings) -> None:
    if not settings.is_live:
        return
    for name in ("allow_anonymous", "playground", "show_calls"):
        if getattr(settings, name):
            raise problem(name, "it is only for the sandbox and test keys; leave it out with a live key")
    if settings.shared_secret in PUBLIC_SECRETS:
        raise problem("auth_secret", "this secret is public; create your own with openssl rand -hex 32")
    for name in ("stripe_api_base", "auth_issuer", "auth_jwks_url"):
        address = getattr(settings, name)
        if address is not None and not _is_safe(address):
            raise problem(name, "use https with a live key")


def _proxies(settings: Settings) -> None:
    for word in settings.trusted_proxies:
        try:
            network = ipaddress.ip_network("::/0" if word == "*" else word)
        except ValueError:
            message = "give addresses or networks, for example 10.0.0.7 or 10.0.0.0/8"
            raise problem("trusted_proxies", message) from None
        if settings.is_live and network.prefixlen < _WIDEST[network.version]:
            raise problem("trusted_proxies", f"{word} trusts everyone; give the addresses or networks of your proxies")


def _is_safe(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "https" or parts.hostname in _LOOPBACK


def _words(settings: Settings) -> None:
    if not set(settings.customer_sees) <= set(VISIBLE_FIELDS):
        raise problem("customer_sees", f"choose from {', '.join(VISIBLE_FIELDS)}")
    features = settings.customer_session_features
    if features != (NO_FEATURE,) and not set(features) <= set(SESSION_FEATURES):
        raise problem("customer_session_features", f"choose from {', '.join(SESSION_FEATURES)}; or none")
    for origin in settings.cors_origins:
        from serving.http.canonical_origin import canonical

        if canonical(origin) is None:
            raise problem("cors_origins", "give origins: scheme and host, for example https://shop.example")
    for header in settings.cors_headers:
        if not re.fullmatch(r"[\w!#$%&'+.^`|~-]+", header, re.ASCII):
            raise problem("cors_headers", "give names of headers, for example x-shop-version")
    for host in settings.allowed_hosts:
        if not re.fullmatch(r"[\w.:-]+", host, re.ASCII):
            raise problem("allowed_hosts", "give host names without a port, for example shop.localdomain")


def _store(settings: Settings) -> None:
    if settings.redis_url is not None and not _is_store(settings.redis_url.get_secret_value()):
        name = _variable("redis_url", settings)
        raise problem(name, "write it like redis://host:6379/0; rediss:// for TLS, unix:// for a socket")


def _is_store(url: str) -> bool:
    from redis.connection import parse_url

    try:
        parse_url(url)  # type: ignore[no-untyped-call]
    except ValueError:
        return False
    return re.fullmatch(r"(redis|rediss|unix)://\S+", url) is not None


def _read_cache(settings: Settings) -> None:
    for key in settings.read_cache_keys:
        if not re.fullmatch(r"[A-Za-z0-9+/_-]{43}=", key):
            name = _variable("read_cache_encryption_key", settings)
            raise problem(name, "give 32 bytes in base64; create a key with openssl rand -base64 32")


def _metrics(settings: Settings) -> None:
    token = settings.metrics_token
    if token is not None and not re.fullmatch(r"[!-~]{16,}", token.get_secret_value()):
        raise problem(
            "metrics_token",
            "give 16 or more ASCII characters without spaces; create a token with openssl rand -hex 16",
        )


def _events(settings: Settings) -> None:
    secrets = settings.webhook_secrets
    name = _variable("stripe_webhook_secret", settings)
    connects = settings.auth_account_claim is not None
    # The platform's own events and those of connected accounts come from two endpoints.
    if len(secrets) > (4 if connects else 2) or not all(map(_WEBHOOK_SECRET.fullmatch, secrets)):
        advice = "give the signing secret of the webhook endpoint, whsec_…, or two with a comma during its rotation"
        raise problem(name, advice)
    if connects and settings.event_source == "poll":
        raise problem("events", "poll does not read the events of connected accounts: use webhook, or none")
    if secrets and settings.event_source != "webhook":
        raise problem("events", f"{settings.event_source} doesn't use {name.upper()}: leave one of them out")
    if settings.event_source == "webhook" and not secrets and not settings.uses_sandbox:
        raise problem("stripe_webhook_secret", "EVENTS=webhook needs it: set it, or EVENTS=poll")


def _rate(name: str, value: str | None) -> None:
    if value is None:
        return
    import limits

    try:
        limits.parse_many(value)
    except ValueError:
        raise problem(name, "write it like 600/minute or 20/second;600/minute, or off") from None
