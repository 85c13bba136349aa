"""All settings in one frozen class. Only this package reads the environment."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self, TypeVar

from pydantic import SecretStr, ValidationError, model_validator
from pydantic_settings import SettingsConfigDict

from serving.settings import conflicts
from serving.settings.errors import SettingsError, explain, problem
from serving.settings.groups.callers import Callers
from serving.settings.groups.features import Features
from serving.settings.groups.limits import Limits
from serving.settings.groups.live_wallets import LiveWallets
from serving.settings.groups.proxies import Proxies
from serving.settings.groups.redis import Redis
from serving.settings.groups.server import Server
from serving.settings.groups.stripe import Stripe
from serving.settings.groups.telemetry import Telemetry


# Pydantic takes the fields of the last group first: docs/settings.md begins with Stripe.
class Settings(Proxies, Telemetry, Redis, Server, Limits, Features, LiveWallets, Callers, Stripe):
    """All settings. To add one, add a field to a group."""

    model_config = SettingsConfigDict(defer_build=False)

    @model_validator(mode="before")
    @classmethod
    def _prepare(cls, values: dict[str, Any]) -> dict[str, Any]:
        """Strip whitespace, drop empty values, and read secrets from their files."""
        stripped = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
        given = {name: value for name, value in stripped.items() if value != ""}
        return given | {
            name: _read(name, given)
            for field, value in given.items()
            if value is not None and (name := field.removesuffix("_file")) != field
        }

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        conflicts.check(self)
        return self


def _read(name: str, given: dict[str, Any]) -> SecretStr:
    """The content of the file that the setting `<name>_file` names."""
    if given.get(name) is not None:
        raise problem(f"{name}_file", f"give it or {name.upper()}, not both")
    try:
        return SecretStr(Path(given[f"{name}_file"]).read_text().strip())
    except (OSError, ValueError):
        raise problem(f"{name}_file", "the file can't be read") from None


def load(**overrides: Any) -> Settings:
    """The settings from the environment. Raises SettingsError, which names each invalid variable."""
    return load_as(Settings, **overrides)


S = TypeVar("S", bound=Settings)


def load_as(kind: type[S], **overrides: Any) -> S:
    """Like `load`, for a subclass of the settings."""
    try:
        return kind(**overrides)
    except ValidationError as error:
        raise SettingsError("; ".join(explain(kind, entry) for entry in error.errors())) from None
