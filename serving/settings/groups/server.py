"""Settings of the HTTP server."""

from __future__ import annotations

import math

from serving.settings.group import Words, setting
from serving.settings.groups.limits import Limits
from serving.settings.no_proxy import is_loopback


class Server(Limits):
    """How the service listens, which requests it accepts, and how it stops."""

    host: str = setting("127.0.0.1", "Address to listen on.")
    port: int = setting(8000, "Port to listen on.", ge=1, le=65535)
    body_timeout: float = setting(
        10.0, "Timeout for receiving the head or the body of a request, in seconds.", gt=0, le=300
    )
    send_timeout: float = setting(20.0, "Seconds that a client may take to receive a response.", gt=0, le=300)
    keep_alive_timeout: float = setting(
        75.0,
        "Seconds before an idle connection is closed. Set it higher than your proxy's idle timeout.",
        gt=0,
        le=3600,
    )
    cors_origins: Words = setting(
        (), "Origins of web pages that may call the service, for example https://shop.example."
    )
    cors_headers: Words = setting(
        (),
        "Additional headers that these pages may send. Those of common GraphQL clients and tracers are always allowed.",
    )
    allowed_hosts: Words = setting(
        (),
        "Additional host names for loopback without tokens or over the sandbox. localhost and HOST are always allowed.",
    )
    trusted_proxies: Words = setting(
        (), "Addresses of proxies whose X-Forwarded-For, -Proto and -Host headers are trusted."
    )
    drain_seconds: float | None = setting(
        None,
        "Seconds between SIGTERM, after which /readyz reports unready, and closing the port. When unset: 5, or 0 with "
        "the sandbox.",
        ge=0,
        le=600,
    )
    shutdown_deadline: float | None = setting(
        None,
        "Seconds for running requests to finish after the port is closed. When unset: OPERATION_DEADLINE plus 5.",
        gt=0,
        le=600,
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
