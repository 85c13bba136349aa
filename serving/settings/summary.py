"""A summary of the settings, for `server.py check`."""

from __future__ import annotations

from serving.settings.settings import Settings


def summary(settings: Settings) -> str:
    """The effective settings, in a few lines."""
    rows = {
        "listens": f"{settings.host}, port {settings.port}",
        "Stripe": _stripe(settings),
        "callers": _callers(settings),
        "shared": "Valkey or Redis" if settings.redis_url is not None else "nothing: each process has its own state",
        "reads": f"the read cache is {read_cache(settings)}",
        "events": _events(settings),
        "metrics": _metrics(settings),
        "traces": settings.otel_exporter_otlp_endpoint or "none",
        "ends": f"after draining for {settings.drain:g} s, then at most {settings.finish} s for running requests",
    }
    return "\n".join(f"{name:<8} {value}" for name, value in rows.items())


def _stripe(settings: Settings) -> str:
    if settings.uses_sandbox:
        return "the embedded sandbox, because STRIPE_SECRET_KEY is unset"
    mode = "live" if settings.is_live else "test"
    return f"{settings.stripe_api_base} with a {mode} key, version {settings.stripe_api_version}"


def _callers(settings: Settings) -> str:
    if settings.allows_anonymous:
        return "anyone, with access to all wallets" + ("" if settings.is_loopback else "; the port is not on loopback")
    signer = f"signed by {settings.auth_issuer}" if settings.auth_issuer else "signed with AUTH_SECRET"
    found = f"with tokens {signer}; the claim {settings.auth_customer_claim} contains the customer id"
    account = settings.auth_account_claim
    return found if account is None else f"{found}, {account} the connected account"


def _events(settings: Settings) -> str:
    if settings.event_source == "webhook":
        signer = ("one secret", "one of two secrets", "one of three secrets", "one of four secrets")
        return f"at /webhooks/stripe, signed with {signer[max(0, len(settings.webhook_secrets) - 1)]}"
    if settings.event_source == "poll":
        return f"from Stripe's list of events, every {settings.events_poll_interval:g} s"
    return "none: changes that others make are noticed on the next read; set STRIPE_WEBHOOK_SECRET or EVENTS=poll"


def _metrics(settings: Settings) -> str:
    if not settings.serves_metrics:
        return "none, because the key is live and METRICS_TOKEN is unset"
    return "at /metrics, " + ("with the token" if settings.metrics_token is not None else "without a token")


def caches_reads(settings: Settings, *, workers: int = 1) -> bool:
    """Whether there is a read cache. Several processes need a store, so that each one's changes reach all."""
    return settings.cached_seconds > 0 and (workers == 1 or settings.redis_url is not None)


def read_cache(settings: Settings, *, workers: int = 1) -> str:
    """The state of the read cache: where it is and whether it is encrypted, or why it is off."""
    if not settings.cached_seconds:
        return "off, because no events come in" if settings.read_cache_seconds is None else "off"
    if not caches_reads(settings, workers=workers):
        return "off, because several workers share it only with REDIS_URL"
    duration = f"on, for at most {settings.cached_seconds:g} s"
    if settings.uses_sandbox or settings.redis_url is None:
        return f"{duration} in this process; several replicas need REDIS_URL"
    encrypted = "encrypted" if settings.read_cache_keys else "not encrypted: READ_CACHE_ENCRYPTION_KEY is unset"
    return f"{duration} in Valkey or Redis, {encrypted}"
