"""The one place that reads the environment: every setting with its type, default and meaning."""

from __future__ import annotations

import ipaddress
import math
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from serving.settings.no_proxy import is_exempt

TEST_KEYS = ("sk_test_", "rk_test_")
LIVE_KEYS = ("sk_live_", "rk_live_")
SANDBOX_SECRET = "attache-sandbox-tokens-prove-nothing"
"""Signs the tokens for development; it is taken only where the embedded sandbox answers."""

EXAMPLE_SECRET = "0123456789abcdef0123456789abcdef-example-only"
"""The secret in docs/authentication.md."""

SECRET_BYTES = 32
SYMMETRIC = ("HS256", "HS384", "HS512")
ASYMMETRIC = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")

RATES = ("rate_limit_caller", "rate_limit_address", "rate_limit_calls", "rate_limit_cards", "rate_limit_declines")
LIVE_RATES = {
    "rate_limit_caller": "600/minute",
    "rate_limit_address": "3000/minute",
    "rate_limit_calls": "300/minute",
    "rate_limit_cards": "10/minute;50/day",
    "rate_limit_declines": "10/hour;20/day",
}
"""The rates with a live key where the settings name none; docs/authentication.md gives the reasons."""

OFF = "off"

Words = Annotated[tuple[str, ...], NoDecode]
"""Words with commas or blanks between them."""

_LISTS = (
    "auth_algorithms",
    "auth_client_ids",
    "customer_sees",
    "cors_origins",
    "cors_headers",
    "allowed_hosts",
    "trusted_proxies",
)


class SettingsError(Exception):
    """A setting that can't be used: its variable, and what to do. Never holds a secret value."""


class Settings(BaseSettings):
    """All settings, frozen. Each is read from the environment variable of its name in upper case."""

    model_config = SettingsConfigDict(frozen=True, hide_input_in_errors=True, extra="ignore", env_ignore_empty=True)

    host: Annotated[str, Field(description="Address to listen on. Loopback unless you say otherwise.")] = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535, description="Port to listen on.")] = 8000

    stripe_secret_key: Annotated[
        SecretStr | None,
        Field(description="Stripe's key, best a restricted one. Without one the embedded sandbox answers."),
    ] = None
    stripe_secret_key_file: Annotated[
        Path | None, Field(description="A file that holds the key, in place of STRIPE_SECRET_KEY.")
    ] = None
    sandbox: Annotated[
        bool | None,
        Field(
            description="Whether the embedded sandbox answers in Stripe's place. When unset: without a key, "
            "unless AUTH_… or REDIS_URL is set."
        ),
    ] = None
    stripe_api_base: Annotated[
        str, Field(pattern=r"^https?://[^/?#\s]+/?$", description="Where Stripe's API is; used with a key only.")
    ] = "https://api.stripe.com"
    stripe_api_version: Annotated[
        str,
        Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(\.[a-z]+)?$", description="Stripe-Version sent with each request."),
    ] = "2026-10-28.endive"
    stripe_timeout: Annotated[
        float, Field(gt=0, le=300, description="Seconds that one try of one REST call may take.")
    ] = 10.0
    stripe_calls_per_second: Annotated[
        int | None,
        Field(
            ge=1,
            le=100_000,
            description="REST calls that reach Stripe within a second, of all replicas together. "
            "When unset: 100 with a live key, 25 with a test key; elsewhere than at Stripe none.",
        ),
    ] = None
    stripe_calls_per_second_per_endpoint: Annotated[
        int | None,
        Field(ge=1, le=100_000, description="The same for each endpoint. When unset: 25; elsewhere none."),
    ] = None
    stripe_max_waiting_calls: Annotated[
        int, Field(ge=0, le=100_000, description="REST calls that may wait in the queue; half as many for reads.")
    ] = 2000
    stripe_max_wait: Annotated[
        float,
        Field(
            gt=0, le=300, description="Longest expected wait of a REST call in the queue, in seconds; half for reads."
        ),
    ] = 3.0
    stripe_breaker_failures: Annotated[
        int | None,
        Field(
            ge=0,
            le=10_000,
            description="Failed tries in a row after which the circuit breaker opens; 0 for never. "
            "When unset: 10, and never with the sandbox.",
        ),
    ] = None
    stripe_breaker_pause: Annotated[
        float,
        Field(gt=0, le=300, description="Seconds after which an open circuit breaker tries one call at a time."),
    ] = 5.0
    https_proxy: Annotated[
        SecretStr | None,
        Field(description="HTTP proxy for calls to Stripe and to the issuer by https, for example http://proxy:3128."),
    ] = None
    http_proxy: Annotated[SecretStr | None, Field(description="The same for calls by http.")] = None
    all_proxy: Annotated[SecretStr | None, Field(description="The proxy where neither of these is set.")] = None
    no_proxy: Annotated[
        str | None,
        Field(
            description="What is called directly, with commas between: hosts with those below them, networks "
            "(10.0.0.0/8), host:port; * for all."
        ),
    ] = None
    stripe_max_connections: Annotated[
        int, Field(ge=1, le=10_000, description="Connections to Stripe at once; further calls wait for one.")
    ] = 100
    stripe_max_calls_per_caller: Annotated[
        int | None,
        Field(
            ge=0,
            le=10_000,
            description="REST calls of one caller at once, in one process; its further calls wait. A service has five "
            "times as many. 0: not limited. When unset: 5 with a live key, otherwise not limited.",
        ),
    ] = None
    operation_deadline: Annotated[
        float, Field(gt=0, le=300, description="Seconds that one operation may take with all its REST calls.")
    ] = 30.0

    auth_issuer: Annotated[
        str | None, Field(pattern=r"^https?://", description="Issuer of the callers' tokens, as their iss says.")
    ] = None
    auth_audience: Annotated[str | None, Field(description="This service, as the tokens' aud says.")] = None
    auth_client_ids: Annotated[
        Words, Field(description="Clients whose access tokens are accepted without an aud, by client_id (Cognito).")
    ] = ()
    auth_jwks_url: Annotated[
        str | None, Field(pattern=r"^https?://", description="The issuer's keys. When unset: found by OIDC discovery.")
    ] = None
    auth_secret: Annotated[
        SecretStr | None, Field(description="For small set-ups: one secret that signs all tokens, 32 bytes or more.")
    ] = None
    auth_secret_file: Annotated[
        Path | None, Field(description="A file that holds the secret, in place of AUTH_SECRET.")
    ] = None
    auth_algorithms: Annotated[
        Words, Field(description="Algorithms of signatures that are taken. When unset: all that fit.")
    ] = ()
    auth_leeway: Annotated[
        float, Field(ge=0, le=300, description="Seconds by which clocks may differ when a token's times are read.")
    ] = 10.0
    auth_customer_claim: Annotated[
        str,
        Field(min_length=1, description="The claim that names the caller's Stripe customer; dots lead to nested ones."),
    ] = "stripe_customer_id"
    auth_service_scope: Annotated[
        str, Field(min_length=1, description="The scope that makes a caller a service, which sees all wallets.")
    ] = "attache:service"
    allow_anonymous: Annotated[
        bool | None,
        Field(description="Whether callers without a token see all wallets. When unset: with the sandbox only."),
    ] = None
    customer_sees: Annotated[
        Words, Field(description="Fields that customers may read as well: fingerprint, metadata, both or neither.")
    ] = ()

    playground: Annotated[
        bool | None, Field(description="Whether browsers get GraphiQL. When unset: with the sandbox only.")
    ] = None
    introspection: Annotated[
        bool | None,
        Field(description="Whether callers may ask for the schema. When unset: all; with a live key, services."),
    ] = None
    show_calls: Annotated[
        bool | None,
        Field(description="Whether a request may ask for the REST calls it makes. When unset: with the sandbox only."),
    ] = None

    max_body_bytes: Annotated[
        int, Field(ge=1024, le=16 * 1024 * 1024, description="Largest request body that is read.")
    ] = 256 * 1024
    body_timeout: Annotated[
        float, Field(gt=0, le=300, description="Seconds that a client may take to send its request's head or body.")
    ] = 10.0
    send_timeout: Annotated[
        float, Field(gt=0, le=300, description="Seconds that a client may take to receive a response.")
    ] = 20.0
    keep_alive_timeout: Annotated[
        float,
        Field(
            gt=0,
            le=3600,
            description="Seconds that an idle connection is kept open. Set it above your proxy's own time for that.",
        ),
    ] = 75.0
    max_document_bytes: Annotated[
        int, Field(ge=1024, le=16 * 1024 * 1024, description="Longest GraphQL document, in bytes.")
    ] = 64 * 1024
    max_document_tokens: Annotated[
        int,
        Field(
            ge=50,
            le=100_000,
            description="Longest GraphQL document, in lexical tokens. Variables hold at most as many values.",
        ),
    ] = 2000
    compiled_plans: Annotated[
        bool,
        Field(description="Compile repeated operations. Turning this off changes speed, not results."),
    ] = True
    max_depth: Annotated[
        int, Field(ge=1, le=100, description="Deepest nesting of fields, except below `__schema` and `__type` (20).")
    ] = 12
    max_aliases: Annotated[
        int, Field(ge=0, le=10_000, description="Most fields that have an alias or are repeated in one place.")
    ] = 60
    max_root_fields: Annotated[int, Field(ge=1, le=1000, description="Most fields of a query's root.")] = 20
    max_mutations: Annotated[int, Field(ge=1, le=100, description="Most fields of a mutation's root.")] = 5
    max_cost: Annotated[
        int,
        Field(
            ge=1,
            le=10_000_000,
            description="Most fields in a response: lists by the size asked for, introspection exactly.",
        ),
    ] = 30_000
    max_response_bytes: Annotated[
        int, Field(ge=1024, le=1024 * 1024 * 1024, description="Largest response, in bytes before compression.")
    ] = 8 * 1024 * 1024
    max_calls: Annotated[int, Field(ge=1, le=1000, description="Most REST calls of one operation.")] = 120
    max_operations: Annotated[
        int, Field(ge=1, le=1_000_000, description="Most requests to /graphql executed at once, in one process.")
    ] = 1000
    max_operations_per_caller: Annotated[
        int | None,
        Field(
            ge=0,
            le=1_000_000,
            description="Operations of one caller at once, in one process; a service has five times as many. "
            "0: not limited. When unset: 20 with a live key, otherwise not limited.",
        ),
    ] = None
    max_batch: Annotated[
        int, Field(ge=0, le=100, description="Most operations in one request, as a JSON list; 0 refuses lists.")
    ] = 0

    rate_limit_caller: Annotated[
        str | None,
        Field(
            description="Operations of one caller, for example 600/minute or 20/second;600/minute; off for no limit. "
            "Services are exempt. When unset: 600/minute with a live key, otherwise off."
        ),
    ] = None
    rate_limit_address: Annotated[
        str | None,
        Field(
            description="Operations from one address, IPv6 by /64. When unset: 3000/minute with a live key, otherwise "
            "off."
        ),
    ] = None
    rate_limit_calls: Annotated[
        str | None,
        Field(
            description="REST calls of one caller. Services are exempt. When unset: 300/minute with a live key, "
            "otherwise off."
        ),
    ] = None
    rate_limit_cards: Annotated[
        str | None,
        Field(
            description="Mutations of one caller that try a card: attach, create and confirm a SetupIntent. Services "
            "are exempt. When unset: 10/minute;50/day with a live key, otherwise off."
        ),
    ] = None
    rate_limit_declines: Annotated[
        str | None,
        Field(
            description="Declined cards of one caller, after which it can't try more. Services are exempt. "
            "When unset: 10/hour;20/day with a live key, otherwise off."
        ),
    ] = None
    redis_url: Annotated[
        SecretStr | None,
        Field(description="Valkey or Redis, redis://…, for what replicas share. When unset: each has its own."),
    ] = None
    redis_url_file: Annotated[
        Path | None, Field(description="A file that holds the URL with its password, in place of REDIS_URL.")
    ] = None
    persisted_queries: Annotated[
        bool, Field(description="Whether clients may register documents by hash and send the hash alone (APQ).")
    ] = True
    trusted_documents: Annotated[
        Path | None, Field(description="A manifest of documents, beyond which everything is refused.")
    ] = None

    cors_origins: Annotated[
        Words, Field(description="Origins of web pages that may call, for example https://shop.example.")
    ] = ()
    cors_headers: Annotated[
        Words,
        Field(
            description="Headers that these pages may send, in addition to those of common GraphQL clients and tracers."
        ),
    ] = ()
    allowed_hosts: Annotated[
        Words,
        Field(description="Host names that are served on loopback without tokens, in addition to localhost and HOST."),
    ] = ()
    trusted_proxies: Annotated[
        Words, Field(description="Addresses of proxies whose X-Forwarded-For, -Proto and -Host are believed.")
    ] = ()

    drain_seconds: Annotated[
        float | None,
        Field(
            ge=0,
            le=600,
            description="Seconds between SIGTERM, which turns /readyz, and closing the port. "
            "When unset: 5; with the sandbox 0.",
        ),
    ] = None
    shutdown_deadline: Annotated[
        float | None,
        Field(
            gt=0,
            le=600,
            description="Seconds for finishing running requests after the port is closed. "
            "When unset: OPERATION_DEADLINE and 5 more.",
        ),
    ] = None

    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], Field(description="Least level that is logged.")
    ] = "info"
    log_format: Annotated[
        Literal["auto", "json", "console"],
        Field(description="json, console for people, or auto: console on a terminal, json elsewhere."),
    ] = "auto"

    otel_exporter_otlp_endpoint: Annotated[
        str | None,
        Field(
            pattern=r"^https?://[^?#\s]+$",
            description="Where traces are sent by OTLP over HTTP, for example http://collector:4318. When unset: none.",
        ),
    ] = None
    otel_service_name: Annotated[str, Field(description="The service's name in traces.")] = "attache"
    metrics_token: Annotated[
        SecretStr | None,
        Field(description="The bearer token that /metrics asks for, 16 characters or more."),
    ] = None
    metrics_token_file: Annotated[
        Path | None, Field(description="A file that holds the token, in place of METRICS_TOKEN.")
    ] = None
    metrics_without_token: Annotated[
        bool | None,
        Field(description="Whether /metrics is there when METRICS_TOKEN is unset. When unset: unless the key is live."),
    ] = None

    @model_validator(mode="before")
    @classmethod
    def _strip(cls, values: Any) -> Any:
        """Strip all values, as files are stripped. A value that is empty then is not set. Split lists of words."""
        stripped = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
        given = {name: value for name, value in stripped.items() if value != ""}
        return {
            name: tuple(value.replace(",", " ").split()) if name in _LISTS and isinstance(value, str) else value
            for name, value in given.items()
        }

    @model_validator(mode="after")
    def _read_files(self) -> Settings:
        for name in ("stripe_secret_key", "auth_secret", "redis_url", "metrics_token"):
            file = getattr(self, f"{name}_file")
            if file is None:
                continue
            if getattr(self, name) is not None:
                raise problem(f"{name}_file", f"give it or {name.upper()}, not both")
            try:
                object.__setattr__(self, name, SecretStr(file.read_text().strip()))
            except (OSError, ValueError):
                raise problem(f"{name}_file", "the file can't be read") from None
        return self

    @model_validator(mode="after")
    def _consistent(self) -> Settings:
        from serving.settings.conflicts import check

        check(self)
        return self

    @property
    def uses_sandbox(self) -> bool:
        """Whether the embedded sandbox answers in Stripe's place."""
        return self.stripe_secret_key is None

    @property
    def is_live(self) -> bool:
        """Whether real cards are at stake."""
        return self.stripe_secret_key is not None and self.stripe_secret_key.get_secret_value().startswith(LIVE_KEYS)

    @property
    def calls_stripe_itself(self) -> bool:
        """Whether it is Stripe that is called, and not something in its place."""
        host = urlsplit(self.stripe_api_base).hostname or ""
        return not self.uses_sandbox and (host == "stripe.com" or host.endswith(".stripe.com"))

    @property
    def calls_per_second(self) -> int | None:
        """REST calls that may reach the upstream within a second; None for as many as it takes."""
        if self.stripe_calls_per_second is not None or not self.calls_stripe_itself:
            return self.stripe_calls_per_second
        return 100 if self.is_live else 25

    @property
    def calls_per_second_per_endpoint(self) -> int | None:
        """The same for one endpoint."""
        if self.stripe_calls_per_second_per_endpoint is not None or not self.calls_stripe_itself:
            return self.stripe_calls_per_second_per_endpoint
        return 25

    @property
    def max_concurrent_calls(self) -> int | None:
        """REST calls that may be under way at once; None for as many as there are."""
        return None if self.uses_sandbox else self.stripe_max_connections

    @property
    def operations_per_caller(self) -> int | None:
        """Operations of one customer at once; None for no limit."""
        if self.max_operations_per_caller is None:
            return 20 if self.is_live else None
        return self.max_operations_per_caller or None

    @property
    def calls_per_caller(self) -> int | None:
        """REST calls of one customer at once; None for no limit."""
        if self.stripe_max_calls_per_caller is None:
            return 5 if self.is_live else None
        return self.stripe_max_calls_per_caller or None

    def rate(self, name: str) -> str | None:
        """A rate by its name, one of RATES; None for no limit."""
        rate: str | None = getattr(self, name)
        if rate is None and self.is_live:
            return LIVE_RATES[name]
        return None if rate == OFF else rate

    @property
    def limits_calls(self) -> bool:
        """Whether calls are held to a pace."""
        return self.calls_per_second is not None or self.calls_per_second_per_endpoint is not None

    @property
    def breaker_failures(self) -> int | None:
        """Tries in a row that fail before the upstream is given a rest; None for never."""
        if self.stripe_breaker_failures is None:
            return None if self.uses_sandbox else 10
        return self.stripe_breaker_failures or None

    @property
    def allows_anonymous(self) -> bool:
        """Whether callers need no token."""
        return self.uses_sandbox if self.allow_anonymous is None else self.allow_anonymous

    @property
    def shows_playground(self) -> bool:
        """Whether browsers get GraphiQL."""
        return self.uses_sandbox if self.playground is None else self.playground

    def allows_introspection(self, *, service: bool) -> bool:
        """Whether a caller may ask for the schema, and is told what may have been meant."""
        return service or not self.is_live if self.introspection is None else self.introspection

    @property
    def shows_calls(self) -> bool:
        """Whether a request may ask for the REST calls that it makes."""
        return self.uses_sandbox if self.show_calls is None else self.show_calls

    @property
    def drain(self) -> float:
        """Seconds between SIGTERM and closing the port."""
        if self.drain_seconds is not None:
            return self.drain_seconds
        return 0.0 if self.uses_sandbox else 5.0

    @property
    def finish(self) -> int:
        """Seconds for finishing what is under way."""
        return math.ceil(self.shutdown_deadline or self.operation_deadline + 5)

    def proxy_for(self, address: str) -> str | None:
        """The proxy for calls to an address; None for a direct connection, as loopback always has."""
        parts = urlsplit(address)
        proxy = (self.https_proxy if parts.scheme == "https" else self.http_proxy) or self.all_proxy
        host = parts.hostname or ""
        port = parts.port or (443 if parts.scheme == "https" else 80)
        if proxy is None or _is_loopback(host) or is_exempt(host, port, self.no_proxy or ""):
            return None
        url = proxy.get_secret_value()
        return url if "://" in url else f"http://{url}"

    @property
    def traces_url(self) -> str | None:
        """Where traces are sent, by OTLP over HTTP; None for nowhere."""
        endpoint = self.otel_exporter_otlp_endpoint
        return f"{endpoint.rstrip('/')}/v1/traces" if endpoint is not None else None

    @property
    def serves_metrics(self) -> bool:
        """Whether there is anything at /metrics."""
        if self.metrics_token is not None:
            return True
        return not self.is_live if self.metrics_without_token is None else self.metrics_without_token

    @property
    def shared_secret(self) -> str | None:
        """What signs all tokens; None where an issuer's own keys do."""
        if self.auth_secret is not None:
            return self.auth_secret.get_secret_value()
        return SANDBOX_SECRET if self.uses_sandbox and self.auth_issuer is None else None

    @property
    def token_issuer(self) -> str:
        """What a token's iss must say."""
        return self.auth_issuer or "attache"

    @property
    def token_audience(self) -> str:
        """What a token's aud must say."""
        return self.auth_audience or "attache"

    @property
    def token_algorithms(self) -> tuple[str, ...]:
        """The algorithms that a token may be signed with."""
        return self.auth_algorithms or (SYMMETRIC if self.shared_secret is not None else ASYMMETRIC)

    @property
    def base_url(self) -> str:
        """Where this machine finds the service."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        return _is_loopback(self.host)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def page() -> str:
    """docs/settings.md."""
    return f"""# Settings

Each setting is an environment variable. A wrong value stops the start, and the message says what to set.
`uv run server.py check` says what your settings mean. `make settings` generates this page.

{table()}"""


def table() -> str:
    """All settings with their defaults and meanings, as a table in Markdown."""
    rows = [
        f"| `{name.upper()}` | {_shown(field.default)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    return "\n".join(["| variable | default | meaning |", "|---|---|---|", *rows])


def _shown(default: Any) -> str:
    if default is None or default == ():
        return ""
    text = f"{default:g}" if isinstance(default, float) else str(default)
    return f"`{text.lower() if isinstance(default, bool) else text}`"


S = TypeVar("S", bound=Settings)


def problem(name: str, message: str) -> ValueError:
    """What is wrong with a setting, beginning with its variable."""
    return ValueError(f"{name.upper()}: {message}")


def load(**overrides: Any) -> Settings:
    """The settings from the environment. Raises SettingsError, naming each variable that is set wrongly."""
    return load_as(Settings, **overrides)


def load_as(kind: type[S], **overrides: Any) -> S:
    """The same for a subclass of the settings."""
    from serving.settings.errors import explain

    try:
        return kind(**overrides)
    except ValidationError as error:
        raise SettingsError("; ".join(explain(kind, entry) for entry in error.errors())) from None
