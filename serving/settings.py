"""The one place that reads the environment: every setting with its type, default and meaning."""

from __future__ import annotations

import ipaddress
from typing import Annotated, Any

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

TEST_KEYS = ("sk_test_", "rk_test_")


class SettingsError(Exception):
    """A setting that can't be used: its variable, and what to do. Never holds the value."""


class Settings(BaseSettings):
    """All settings, frozen. Each is read from the environment variable of its name in upper case."""

    model_config = SettingsConfigDict(frozen=True, hide_input_in_errors=True, extra="ignore", env_ignore_empty=True)

    host: Annotated[str, Field(description="Address to listen on. Loopback unless you say otherwise.")] = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535, description="Port to listen on.")] = 8000
    stripe_secret_key: Annotated[
        SecretStr | None,
        Field(description="A test key of Stripe's, sk_test_… or rk_test_…. Without one the embedded sandbox answers."),
    ] = None
    stripe_api_base: Annotated[
        str, Field(pattern=r"^https?://[^/?#\s]+/?$", description="Where Stripe's API is; used with a key only.")
    ] = "https://api.stripe.com"
    stripe_api_version: Annotated[
        str, Field(pattern=r"^\d{4}-\d{2}-\d{2}(\.[a-z]+)?$", description="Stripe-Version sent with each request.")
    ] = "2026-10-28.endive"
    operation_deadline: Annotated[
        float,
        Field(gt=0, le=300, description="Seconds that one operation may take with all its REST calls."),
    ] = 30.0
    stripe_timeout: Annotated[
        float, Field(gt=0, le=300, description="Seconds that one try of one REST call may take.")
    ] = 10.0
    stripe_max_connections: Annotated[
        int, Field(ge=1, le=10_000, description="Connections to Stripe at once; further calls wait for one.")
    ] = 100
    max_body_bytes: Annotated[
        int, Field(ge=1024, le=16 * 1024 * 1024, description="Largest request body that is read.")
    ] = 256 * 1024
    max_document_tokens: Annotated[
        int, Field(ge=100, le=100_000, description="Largest GraphQL document, in lexical tokens.")
    ] = 5000
    show_calls: Annotated[
        bool | None,
        Field(description="Whether a request may ask for the REST calls it makes. When unset: with the sandbox only."),
    ] = None
    log_level: Annotated[
        str, Field(pattern="^(debug|info|warning|error)$", description="Least level that is logged.")
    ] = "info"

    @field_validator("stripe_secret_key")
    @classmethod
    def _only_test_keys(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None and not key.get_secret_value().startswith(TEST_KEYS):
            raise ValueError("give a test key, sk_test_… or rk_test_…; a live key needs callers to be authenticated")
        return key

    @property
    def uses_sandbox(self) -> bool:
        """Whether the embedded sandbox answers in Stripe's place."""
        return self.stripe_secret_key is None

    @property
    def shows_calls(self) -> bool:
        """Whether a request may ask for the REST calls that it makes."""
        return self.uses_sandbox if self.show_calls is None else self.show_calls

    @property
    def base_url(self) -> str:
        """Where this machine finds the service."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


def load(**overrides: Any) -> Settings:
    """The settings from the environment. Raises SettingsError, naming each variable that is set wrongly."""
    try:
        return Settings(**overrides)
    except ValidationError as error:
        problems = [f"{str(entry['loc'][0]).upper()}: {entry['msg']}" for entry in error.errors()]
        raise SettingsError("; ".join(problems)) from None
