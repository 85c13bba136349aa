"""Settings of the limits for operations and callers."""

from __future__ import annotations

from serving.settings.group import setting
from serving.settings.groups.stripe import Stripe

LIVE_RATES = {
    "rate_limit_caller": "600/minute",
    "rate_limit_address": "3000/minute",
    "rate_limit_calls": "300/minute",
    "rate_limit_cards": "10/minute;50/day",
    "rate_limit_declines": "10/hour;20/day",
}
"""The default rate limits with a live key. docs/authentication.md gives the reasons."""

RATES = tuple(LIVE_RATES)
OFF = "off"


class Limits(Stripe):
    """How much an operation and a caller may use."""

    operation_deadline: float = setting(
        30.0, "Deadline of an operation with all its REST calls, in seconds.", gt=0, le=300
    )
    max_body_bytes: int = setting(256 * 1024, "Maximum size of a request body, in bytes.", ge=1024, le=16 * 1024 * 1024)
    max_document_bytes: int = setting(
        64 * 1024, "Maximum size of a GraphQL document, in bytes.", ge=1024, le=16 * 1024 * 1024
    )
    max_document_tokens: int = setting(
        2000, "Maximum number of lexical tokens in a GraphQL document, and of values in variables.", ge=50, le=100_000
    )
    max_depth: int = setting(12, "Maximum nesting of fields; inside `__schema` and `__type` it is 20.", ge=1, le=100)
    max_aliases: int = setting(
        60, "Maximum number of fields that have an alias or repeat another field.", ge=0, le=10_000
    )
    max_root_fields: int = setting(20, "Maximum number of root fields in a query.", ge=1, le=1000)
    max_mutations: int = setting(5, "Maximum number of root fields in a mutation.", ge=1, le=100)
    max_cost: int = setting(
        30_000,
        "Maximum number of fields in a response. Lists count by their page size, introspection by its exact size.",
        ge=1,
        le=10_000_000,
    )
    max_response_bytes: int = setting(
        8 * 1024 * 1024, "Maximum size of a response, in bytes before compression.", ge=1024, le=1024 * 1024 * 1024
    )
    max_calls: int = setting(120, "Maximum number of REST calls per operation.", ge=1, le=1000)
    max_operations: int = setting(
        1000, "Maximum number of concurrent requests to /graphql per process.", ge=1, le=1_000_000
    )
    max_operations_per_caller: int | None = setting(
        None,
        "Maximum number of concurrent operations of one caller per process. Service callers get five times as many. "
        "0 for no limit. When unset: 20 with a live key, otherwise no limit.",
        ge=0,
        le=1_000_000,
    )
    max_batch: int = setting(
        0, "Maximum number of operations in one request, sent as a JSON list; 0 turns batching off.", ge=0, le=100
    )

    rate_limit_caller: str | None = setting(
        None,
        "Rate limit of one caller's operations, for example 600/minute or 20/second;600/minute; off for none. Service "
        "callers are exempt. When unset: 600/minute with a live key, otherwise off.",
    )
    rate_limit_address: str | None = setting(
        None,
        "Rate limit of operations from one address, or from one /64 of IPv6. When unset: 3000/minute with a live key, "
        "otherwise off.",
    )
    rate_limit_calls: str | None = setting(
        None,
        "Rate limit of one caller's REST calls. Service callers are exempt. When unset: 300/minute with a live key, "
        "otherwise off.",
    )
    rate_limit_cards: str | None = setting(
        None,
        "Rate limit of one caller's mutations that try a card: attach, create and confirm an intent. Service "
        "callers are exempt. When unset: 10/minute;50/day with a live key, otherwise off.",
    )
    rate_limit_declines: str | None = setting(
        None,
        "Rate limit of one caller's declined cards; above it, no more cards can be tried. Service callers are exempt. "
        "When unset: 10/hour;20/day with a live key, otherwise off.",
    )

    @property
    def operations_per_caller(self) -> int | None:
        """The most concurrent operations of one customer; None for no limit."""
        if self.max_operations_per_caller is None:
            return 20 if self.is_live else None
        return self.max_operations_per_caller or None

    def rate(self, name: str) -> str | None:
        """The rate limit with this name, one of RATES; None for no limit."""
        rate: str | None = getattr(self, name)
        if rate is None and self.is_live:
            return LIVE_RATES[name]
        return None if rate == OFF else rate
