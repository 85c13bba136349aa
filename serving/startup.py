"""How the service starts as a process: its logs, its server's options, and the lines that say where it is."""

from __future__ import annotations

from typing import Any

from serving.http import process
from serving.http.connections import bounded
from serving.redis.store import PLACES
from serving.settings.settings import Settings
from serving.telemetry import logs

logger = logs.logger("attache")


def configure_logs(settings: Settings) -> None:
    """Write logs as the settings say."""
    logs.configure(settings.log_level, settings.log_format)


def serve(settings: Settings, app: Any, *, workers: int) -> None:
    """Serve until a signal ends it. With several workers, `app` is a factory that can be pickled."""
    config = _config(settings, app, workers)
    sockets = process.listeners(settings.host, settings.port)
    _announce(settings)
    process.run(config, sockets)


def _config(settings: Settings, app: Any, workers: int) -> process.Config:
    return process.Config(
        app,
        factory=workers > 1,
        workers=workers,
        # On a busy machine a worker that is still importing answers late.
        timeout_worker_healthcheck=30,
        host=settings.host,
        port=settings.port,
        loop="asyncio",
        http=bounded(receive=settings.body_timeout, send=settings.send_timeout),
        timeout_keep_alive=settings.keep_alive_timeout,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        drain_seconds=settings.drain,
        outgoing=_outgoing_connections(settings),
        timeout_graceful_shutdown=settings.finish,
    )


def _outgoing_connections(settings: Settings) -> int:
    """The most connections that a process opens itself."""
    # A retry may use a fresh connection while the pool keeps its own.
    stripe = 0 if settings.uses_sandbox else 2 * settings.stripe_max_connections
    return stripe + (PLACES if settings.redis_url is not None else 0)


def _announce(settings: Settings) -> None:
    base = settings.base_url
    if settings.uses_sandbox:
        logger.info("No STRIPE_SECRET_KEY: the embedded sandbox plays Stripe. Nothing is real, nothing is kept.")
        logger.info("Start at %s   GraphiQL: %s/graphql   Stripe's REST API, played: %s/v1", base, base, base)
    else:
        mode = "live" if settings.is_live else "test"
        logger.info("Calling Stripe at %s with a %s key. GraphQL: %s/graphql", settings.stripe_api_base, mode, base)
    if settings.allows_anonymous and not settings.is_loopback:
        logger.warning("HOST is %s: whoever can reach this address sees all wallets without a token.", settings.host)
