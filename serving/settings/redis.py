"""Settings of the store that replicas share."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr

from serving.settings.group import SettingsGroup


class Redis(SettingsGroup):
    """The Valkey or Redis server."""

    redis_url: SecretStr | None = Field(
        default=None,
        description="URL of Valkey or Redis, redis://…, for state that replicas share. When unset: state is "
        "per process.",
    )
    redis_url_file: Path | None = Field(
        default=None, description="A file that contains the URL with its password, instead of REDIS_URL."
    )
