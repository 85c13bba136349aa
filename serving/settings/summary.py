"""What the settings mean, in words."""

from __future__ import annotations

from serving.settings.service_settings import Settings


def summary(settings: Settings) -> str:
    """What the settings mean, in a few lines."""
    rows = {
        "listens": f"{settings.host}, port {settings.port}",
        "Stripe": _stripe(settings),
        "callers": _callers(settings),
        "shared": "Valkey or Redis" if settings.redis_url is not None else "nothing: each replica is by itself",
        "metrics": _metrics(settings),
        "traces": settings.otel_exporter_otlp_endpoint or "none",
        "ends": f"after {settings.drain:g} s of draining and at most {settings.finish} s for what is under way",
    }
    return "\n".join(f"{name:<8} {value}" for name, value in rows.items())


def _stripe(settings: Settings) -> str:
    if settings.uses_sandbox:
        return "the embedded sandbox plays it, because there is no STRIPE_SECRET_KEY"
    mode = "live" if settings.is_live else "test"
    return f"{settings.stripe_api_base} with a {mode} key, version {settings.stripe_api_version}"


def _callers(settings: Settings) -> str:
    if settings.allows_anonymous:
        return "anyone, who sees all wallets" + ("" if settings.is_loopback else "; who reaches the port is anyone")
    issuer = settings.auth_issuer or "whoever knows AUTH_SECRET"
    return f"with tokens of {issuer}, whose claim {settings.auth_customer_claim} names the wallet"


def _metrics(settings: Settings) -> str:
    if not settings.serves_metrics:
        return "none, because the key is live and there is no METRICS_TOKEN"
    return "at /metrics, " + ("with the token" if settings.metrics_token is not None else "without a token")
