"""Start-up: options of the server, and the log lines with its address."""

from __future__ import annotations

from typing import Any

from serving.graphql.operation_request import GRAPHQL
from serving.redis.store import MAX_CONNECTIONS
from serving.server import process
from serving.server.protocol import bounded
from serving.server.sockets import listeners
from serving.server.websocket import bounded_websocket
from serving.settings.settings import Settings
from serving.settings.summary import read_cache
from serving.telemetry import logs

logger = logs.logger("attache")


def serve(settings: Settings, app: Any, *, workers: int) -> None:
    """Serve until a signal. With several workers, `app` is a picklable factory."""
    config = _config(settings, app, workers)
    sockets = listeners(settings.host, settings.port)
    _announce(settings, workers)
    process.run(config, sockets)


def _config(settings: Settings, app: Any, workers: int) -> process.Config:
    return process.Config(
        app,
        factory=workers > 1,
        workers=workers,
        # On a busy machine, importing may take long.
        timeout_worker_healthcheck=30,
        host=settings.host,
        port=settings.port,
        loop="asyncio",
        **protocol_options(settings),
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        drain_seconds=settings.drain,
        outgoing=_outgoing_connections(settings),
        timeout_graceful_shutdown=settings.finish,
    )


def protocol_options(settings: Settings) -> dict[str, Any]:
    """The options of uvicorn for connections with clients."""
    return {
        "http": bounded(receive=settings.body_timeout, send=settings.send_timeout, websocket_path=GRAPHQL),
        "timeout_keep_alive": settings.keep_alive_timeout,
        "ws": bounded_websocket(send=settings.send_timeout),
        "ws_max_size": settings.max_body_bytes,
        "ws_ping_interval": settings.subscription_heartbeat,
        "ws_ping_timeout": settings.send_timeout,
        # Compression takes memory for each connection, and small messages gain little.
        "ws_per_message_deflate": False,
    }


def _outgoing_connections(settings: Settings) -> int:
    """Maximum number of outgoing connections per process."""
    # A retry may use a fresh connection while the pool keeps the old one.
    stripe = 0 if settings.uses_sandbox else 2 * settings.stripe_max_connections
    return stripe + (MAX_CONNECTIONS if settings.redis_url is not None else 0)


def _announce(settings: Settings, workers: int) -> None:
    base = settings.base_url
    if settings.uses_sandbox:
        logger.info("No STRIPE_SECRET_KEY: using the embedded sandbox. No card is real. A restart deletes all data.")
        logger.info("Start at %s   GraphiQL: %s/graphql   Stripe's REST API: %s/v1", base, base, base)
    else:
        mode = "live" if settings.is_live else "test"
        logger.info("Calling Stripe at %s with a %s key. GraphQL: %s/graphql", settings.stripe_api_base, mode, base)
    logger.info("The read cache is %s.", read_cache(settings, workers=workers))
    if workers > 1 and settings.redis_url is None:
        logger.warning("Without REDIS_URL, subscribers get only the changes whose events their own process receives.")
    if settings.allows_anonymous and not settings.is_loopback:
        logger.warning("HOST is %s: anyone who can reach it can access all wallets without a token.", settings.host)
