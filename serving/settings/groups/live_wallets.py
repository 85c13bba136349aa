"""Settings of live wallets: the events that report changes, the read cache, and subscriptions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import SecretStr

from serving.settings.group import setting
from serving.settings.groups.stripe import Stripe

EventSource = Literal["webhook", "poll", "none"]

READ_CACHE_SECONDS = 600.0
"""The default of the setting if the service receives events."""


class LiveWallets(Stripe):
    """How the service receives changes of wallets, what it caches of them, and how many clients may subscribe."""

    events: EventSource | None = setting(
        None,
        "Source of Stripe's events: webhook (Stripe sends them to /webhooks/stripe), poll (the service reads Stripe's "
        "list of events and needs no public address), or none. When unset: webhook with STRIPE_WEBHOOK_SECRET or the "
        "sandbox, otherwise none.",
    )
    stripe_webhook_secret: SecretStr | None = setting(
        None,
        "Signing secret of the webhook endpoint, whsec_…; during its rotation the old and the new one, separated "
        "by a comma. With AUTH_ACCOUNT_CLAIM, also those of the endpoint for connected accounts. When unset, the "
        "sandbox creates one.",
    )
    stripe_webhook_secret_file: Path | None = setting(
        None, "A file that contains the secrets, instead of STRIPE_WEBHOOK_SECRET."
    )
    events_poll_interval: float = setting(
        5.0, "Seconds between two reads of Stripe's list of events with EVENTS=poll.", ge=1, le=60
    )

    read_cache_seconds: float | None = setting(
        None,
        "Maximum age of a cached read of a wallet, in seconds: how long a change that no event reports stays "
        "unnoticed. 0 turns the read cache off. When unset: 600 if the service receives events, otherwise 0.",
        ge=0,
        le=3600,
    )
    read_cache_bytes: int = setting(
        64 * 1024 * 1024, "Maximum memory of the read cache per process, in bytes.", ge=1024 * 1024, le=2**40
    )

    read_cache_encryption_key: SecretStr | None = setting(
        None,
        "Key that encrypts cached reads in Valkey or Redis: 32 bytes in base64, from openssl rand -base64 32. To "
        "rotate it, give several, separated by commas: the first encrypts, all decrypt. When unset, cached reads are "
        "not encrypted.",
    )
    read_cache_encryption_key_file: Path | None = setting(
        None, "A file that contains the key or keys, instead of READ_CACHE_ENCRYPTION_KEY."
    )

    max_subscriptions: int = setting(5000, "Maximum number of subscriptions per process.", ge=0, le=1_000_000)
    max_subscriptions_per_caller: int = setting(
        20, "Maximum number of subscriptions of one caller per process. Service callers are exempt.", ge=0, le=1_000_000
    )
    subscription_heartbeat: float = setting(
        15.0,
        "Seconds without a message after which a heartbeat is sent. Set it lower than your proxy's idle timeout.",
        ge=0.1,
        le=300,
    )

    @property
    def read_cache_keys(self) -> Sequence[str]:
        """The keys for cached reads in base64, the one that encrypts first."""
        keys = self.read_cache_encryption_key
        return keys.get_secret_value().replace(",", " ").split() if keys is not None else ()

    @property
    def event_source(self) -> EventSource:
        """The source of events."""
        if self.events is not None:
            return self.events
        return "webhook" if self.stripe_webhook_secret is not None or self.uses_sandbox else "none"

    @property
    def receives_events(self) -> bool:
        """Whether events report the changes that others make."""
        return self.event_source != "none"

    @property
    def webhook_secrets(self) -> tuple[str, ...]:
        """The signing secrets. Empty if none is set."""
        secret = self.stripe_webhook_secret
        words = secret.get_secret_value().split(",") if secret is not None else ()
        return tuple(word.strip() for word in words)

    @property
    def cached_seconds(self) -> float:
        """The maximum age of a cached read, in seconds; 0 without a read cache."""
        if self.read_cache_seconds is not None:
            return self.read_cache_seconds
        return READ_CACHE_SECONDS if self.receives_events else 0.0
