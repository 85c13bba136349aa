"""The base of all groups of settings, and the types that several groups use."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class SettingsGroup(BaseSettings):
    """Settings of one subject. Each is read from the environment variable of its name in upper case."""

    model_config = SettingsConfigDict(
        frozen=True, hide_input_in_errors=True, extra="ignore", env_ignore_empty=True, defer_build=True
    )


def _split(value: Any) -> Any:
    return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value


Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
"""Words, separated by commas or whitespace."""


def setting(default: Any, description: str, **constraints: Any) -> Any:
    """A field of a group. `constraints` are those of `pydantic.Field`."""
    return Field(default, description=description, **constraints)
