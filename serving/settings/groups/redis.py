"""Settings of the store that replicas share."""

from __future__ import annotations

from pathlib import Path

from pydantic import SecretStr

from serving.settings.group import SettingsGroup, setting


class Redis(SettingsGroup):
    """The Valkey or Redis server."""

    redis_url: SecretStr | None = setting(
        None, "URL of Valkey or Redis, redis://…, for state that replicas share. When unset: state is per process."
    )
    redis_url_file: Path | None = setting(None, "A file that contains the URL with its password, instead of REDIS_URL.")
