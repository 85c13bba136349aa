"""The configuration before it is used: what it means, and whether what it names does answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import httpx
import jwt

from serving.jwks import IssuersKeys
from serving.settings import Settings
from serving.shared import SharedStore, StoreUnavailable

Ask = Callable[[], Awaitable[None]]

TIMEOUT_SECONDS = 5.0


CAUSES = {
    "dns": "its name can't be resolved",
    "tls": "its certificate is not trusted, or something between speaks no TLS (SSL_CERT_FILE)",
    "refused": "nothing listens there, or a firewall refuses",
    "unreachable": "there is no route to it",
    "reset": "the connection was closed",
    "timeout": "it did not answer in time; a firewall may drop what is sent",
    "proxy": "look at HTTPS_PROXY and at what the proxy allows, or name the host in NO_PROXY",
    "protocol": "what answers does not speak HTTP",
    "descriptors": "the process may not open more files",
}
"""What to look at when no response came, by the error's cause."""


class Wrong(Exception):
    """What is wrong, and what to do."""


@dataclass(frozen=True)
class Finding:
    """What was asked, and the problem with it, if there is one."""

    name: str
    problem: str | None = None

    def __str__(self) -> str:
        return f"wrong  {self.name}: {self.problem}" if self.problem else f"ok     {self.name}"


async def find(name: str, ask: Ask) -> Finding:
    """Ask, and tell how it went."""
    try:
        await ask()
    except Wrong as wrong:
        return Finding(name, str(wrong))
    return Finding(name)


def issuer(keys: IssuersKeys) -> Ask:
    """Whether the issuer's keys can be had."""

    async def ask() -> None:
        try:
            await keys.fetch()
        except (OSError, ValueError, jwt.PyJWTError) as error:
            raise Wrong(f"its keys can't be fetched ({error}): set AUTH_JWKS_URL, or look at the way there") from None

    return ask


def store(shared: SharedStore) -> Ask:
    """Whether Valkey or Redis answers."""

    async def ask() -> None:
        try:
            await shared.use(shared.client.ping)
        except StoreUnavailable as error:
            raise Wrong(f"no answer ({error}): look at host, port, password and TLS") from None

    return ask


def collector(url: str) -> Ask:
    """Whether someone takes traces there. An empty message is sent."""

    async def ask() -> None:
        headers = {"Content-Type": "application/x-protobuf"}
        try:
            async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS) as client:
                answer = await client.post(url, content=b"", headers=headers)
        except httpx.HTTPError as error:
            raise Wrong(f"no answer ({type(error).__name__}): look at host and port; gRPC's 4317 is another") from None
        if answer.status_code in (404, 405) or answer.status_code >= 500:
            raise Wrong(f"it answers {answer.status_code}: traces go to /v1/traces below it, by HTTP")

    return ask


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
