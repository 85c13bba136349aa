"""Settings of the HTTP server."""

from __future__ import annotations

import math

from pydantic import Field

from serving.settings.group import Words
from serving.settings.limits import Limits
from serving.settings.no_proxy import is_loopback


class Server(Limits):
    """How the service listens, which requests it accepts, and how it stops."""

    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8000, ge=1, le=65535, description="Port to listen on.")
    body_timeout: float = Field(
        default=10.0, gt=0, le=300, description="Timeout for receiving the head or the body of a request, in seconds."
    )
    send_timeout: float = Field(
        default=20.0, gt=0, le=300, description="Seconds that a client may take to receive a response."
    )
    keep_alive_timeout: float = Field(
        default=75.0,
        gt=0,
        le=3600,
        description="Seconds before an idle connection is closed. Set it higher than your proxy's idle timeout.",
    )
    cors_origins: Words = Field(
        default=(), description="Origins of web pages that may call the service, for example https://shop.example."
    )
    cors_headers: Words = Field(
        default=(),
        description="Additional headers that these pages may send. Those of common GraphQL clients and tracers are "
        "always allowed.",
    )
    allowed_hosts: Words = Field(
        default=(),
        description="Additional host names for loopback without tokens. localhost and HOST are always allowed.",
    )
    trusted_proxies: Words = Field(
        default=(), description="Addresses of proxies whose X-Forwarded-For, -Proto and -Host headers are trusted."
    )
    drain_seconds: float | None = Field(
        default=None,
        ge=0,
        le=600,
        description="Seconds between SIGTERM, after which /readyz reports unready, and closing the port. "
        "When unset: 5, or 0 with the sandbox.",
    )
    shutdown_deadline: float | None = Field(
        default=None,
        gt=0,
        le=600,
        description="Seconds for running requests to finish after the port is closed. "
        "When unset: OPERATION_DEADLINE plus 5.",
    )

    @property
    def drain(self) -> float:
        """Seconds between SIGTERM and closing the port."""
        if self.drain_seconds is not None:
            return self.drain_seconds
        return 0.0 if self.uses_sandbox else 5.0

    @property
    def finish(self) -> int:
        """Seconds for running requests to finish."""
        return math.ceil(self.shutdown_deadline or self.operation_deadline + 5)

    @property
    def base_url(self) -> str:
        """The URL of the service on this machine."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        return is_loopback(self.host)
