"""Settings of the Stripe account, and of the calls to it."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from pydantic import SecretStr

from serving.settings.group import SettingsGroup, setting

TEST_KEYS = ("sk_test_", "rk_test_")
LIVE_KEYS = ("sk_live_", "rk_live_")


class Stripe(SettingsGroup):
    """The upstream: Stripe, or the embedded sandbox without a key."""

    stripe_secret_key: SecretStr | None = setting(
        None, "Stripe's secret key; prefer a restricted one. When unset: the embedded sandbox is used."
    )
    stripe_secret_key_file: Path | None = setting(None, "A file that contains the key, instead of STRIPE_SECRET_KEY.")
    sandbox: bool | None = setting(
        None,
        "Use the embedded sandbox instead of Stripe. When unset: true without a key, unless AUTH_… or REDIS_URL is "
        "set.",
    )
    stripe_api_base: str = setting(
        "https://api.stripe.com",
        "Base URL of Stripe's API; used only with a key.",
        pattern=r"^https?://[^/?#\s]+/?$",
        examples=["https://api.stripe.com, without a path"],
    )
    stripe_api_version: str = setting(
        "2026-10-28.endive",
        "Stripe-Version header of each REST call.",
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(\.[a-z]+)?$",
        examples=["2026-10-28.endive"],
    )
    stripe_timeout: float = setting(10.0, "Timeout of one try of a REST call, in seconds.", gt=0, le=300)
    stripe_calls_per_second: int | None = setting(
        None,
        "Rate limit of REST calls to Stripe, shared by all replicas. When unset: 100 with a live key, 25 with a test "
        "key, none for other upstreams.",
        ge=1,
        le=100_000,
    )
    stripe_calls_per_second_per_endpoint: int | None = setting(
        None, "Rate limit of REST calls to one endpoint. When unset: 25; none for other upstreams.", ge=1, le=100_000
    )
    stripe_max_waiting_calls: int = setting(
        2000, "Maximum number of REST calls in the queue. Reads may use half of it.", ge=0, le=100_000
    )
    stripe_max_wait: float = setting(
        3.0,
        "Maximum expected wait in the queue, in seconds; half for reads. Calls that would wait longer are rejected.",
        gt=0,
        le=300,
    )
    stripe_breaker_failures: int | None = setting(
        None,
        "Consecutive failures after which the circuit breaker opens; 0 for never. When unset: 10, or never with the "
        "sandbox.",
        ge=0,
        le=10_000,
    )
    stripe_breaker_pause: float = setting(
        5.0, "Seconds after which an open circuit breaker tries one call at a time.", gt=0, le=300
    )
    stripe_max_connections: int = setting(
        250, "Maximum number of concurrent connections to Stripe. Further calls wait.", ge=1, le=10_000
    )
    stripe_max_calls_per_caller: int | None = setting(
        None,
        "Maximum number of concurrent REST calls of one caller per process; further calls wait. Service callers get "
        "five times as many. 0 for no limit. When unset: 5 with a live key, otherwise no limit.",
        ge=0,
        le=10_000,
    )

    @property
    def uses_sandbox(self) -> bool:
        """Whether the embedded sandbox is the upstream."""
        return self.stripe_secret_key is None

    @property
    def is_live(self) -> bool:
        """Whether calls use real cards."""
        return self.stripe_secret_key is not None and self.stripe_secret_key.get_secret_value().startswith(LIVE_KEYS)

    @property
    def calls_stripe_itself(self) -> bool:
        """Whether the upstream is Stripe, not the sandbox or another implementation of its API."""
        host = urlsplit(self.stripe_api_base).hostname or ""
        return not self.uses_sandbox and (host == "stripe.com" or host.endswith(".stripe.com"))

    @property
    def calls_per_second(self) -> int | None:
        """The rate limit of all REST calls; None for no limit."""
        if self.stripe_calls_per_second is not None or not self.calls_stripe_itself:
            return self.stripe_calls_per_second
        return 100 if self.is_live else 25

    @property
    def calls_per_second_per_endpoint(self) -> int | None:
        """The rate limit of REST calls to one endpoint; None for no limit."""
        if self.stripe_calls_per_second_per_endpoint is not None or not self.calls_stripe_itself:
            return self.stripe_calls_per_second_per_endpoint
        return 25

    @property
    def limits_calls(self) -> bool:
        """Whether REST calls have a rate limit."""
        return self.calls_per_second is not None or self.calls_per_second_per_endpoint is not None

    @property
    def max_concurrent_calls(self) -> int | None:
        """The most concurrent REST calls; None for no limit."""
        return None if self.uses_sandbox else self.stripe_max_connections

    @property
    def calls_per_caller(self) -> int | None:
        """The most concurrent REST calls of one customer; None for no limit."""
        if self.stripe_max_calls_per_caller is None:
            return 5 if self.is_live else None
        return self.stripe_max_calls_per_caller or None

    @property
    def breaker_failures(self) -> int | None:
        """The consecutive failures that open the circuit breaker; None for never."""
        if self.stripe_breaker_failures is None:
            return None if self.uses_sandbox else 10
        return self.stripe_breaker_failures or None
