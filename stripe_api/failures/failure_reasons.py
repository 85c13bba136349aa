"""The reasons of failed calls to Stripe, for logs, metrics and `check --connect`.

A call whose response is for the client (a declined card, an unknown id) has no reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Self


class Origin(StrEnum):
    """The component with the problem."""

    STRIPE = "stripe"
    """Stripe, or the network between it and the service."""
    ACCOUNT = "account"
    """The Stripe account: its key, its rate limits, its objects."""
    SERVICE = "service"
    """The service's own limits. Stripe may be healthy."""
    CALLER = "caller"
    """One caller's limits."""


_STRIPE, _ACCOUNT, _SERVICE, _CALLER = Origin


class Reason(StrEnum):
    """The reasons: for logs and metrics the value, for the operator the origin and the meaning."""

    origin: Origin
    meaning: str

    def __new__(cls, value: str, origin: Origin, meaning: str) -> Self:
        reason = str.__new__(cls, value)
        reason._value_ = value
        reason.origin = origin
        reason.meaning = meaning
        return reason

    DNS = "dns", _STRIPE, "its name can't be resolved"
    CONNECTION_REFUSED = "connection_refused", _STRIPE, "the port is closed, or a firewall rejects the connection"
    UNREACHABLE = "unreachable", _STRIPE, "there is no route to it"
    TLS_EXPIRED = (
        "tls_expired",
        _STRIPE,
        "its certificate is outside its validity period: expired, or not valid yet; compare the clocks",
    )
    TLS_HOSTNAME = "tls_hostname", _STRIPE, "its certificate is for another host name"
    TLS_UNTRUSTED = (
        "tls_untrusted",
        _STRIPE,
        "its certificate is self-signed, or from an unknown authority (SSL_CERT_FILE)",
    )
    TLS_FAILED = "tls_failed", _STRIPE, "the TLS handshake failed; an intermediary may not speak TLS"
    PROXY = "proxy", _STRIPE, "check HTTPS_PROXY and the proxy's rules, or add the host to NO_PROXY"
    CONNECT_TIMEOUT = (
        "connect_timeout",
        _STRIPE,
        "no connection in time: a firewall may drop packets, or STRIPE_MAX_CONNECTIONS are all in use",
    )
    READ_TIMEOUT = "read_timeout", _STRIPE, "connected, but no complete response in time"
    CONNECTION_RESET = "connection_reset", _STRIPE, "the connection was closed before the response was complete"
    CONNECTION_FAILED = "connection_failed", _STRIPE, "the connection failed for another reason"
    NOT_HTTP = "not_http", _STRIPE, "the server does not speak HTTP"
    NOT_JSON = "not_json", _STRIPE, "a success whose body is not a JSON object, for example a proxy's page"
    NOT_STRIPE = "not_stripe", _STRIPE, "JSON or a status that Stripe does not send"
    BAD_ENCODING = "bad_encoding", _STRIPE, "the compression of the body is invalid or unknown"
    RESPONSE_TOO_LARGE = "response_too_large", _STRIPE, "the body is larger than the service reads (4 MiB)"
    SERVER_ERROR = "server_error", _STRIPE, "status 5xx, from Stripe or from a proxy"
    KEY_REFUSED = "key_refused", _ACCOUNT, "401: the key is misspelled, revoked or expired"
    PERMISSION_MISSING = "permission_missing", _ACCOUNT, "403: the restricted key lacks a permission"
    ACCOUNT_INACCESSIBLE = (
        "account_inaccessible",
        _ACCOUNT,
        "401 or 403: the connected account is unknown, or has disconnected from the platform",
    )
    RATE_LIMITED = "rate_limited", _ACCOUNT, "429: more calls than Stripe allows for the account"
    LOCK_TIMEOUT = "lock_timeout", _ACCOUNT, "429: another request has locked the same object"
    KEY_IN_USE = (
        "idempotency_key_in_use",
        _ACCOUNT,
        "409: the first request with the same idempotency key is still running",
    )
    DESCRIPTORS_EXHAUSTED = "descriptors_exhausted", _SERVICE, "this process may not open more files or connections"
    DEADLINE = "deadline", _SERVICE, "too little of OPERATION_DEADLINE was left for the call"
    QUEUE_FULL = (
        "queue_full",
        _SERVICE,
        "not sent: too many calls to Stripe were waiting, or the wait was too long; `setting` is the limit",
    )
    BREAKER_OPEN = "breaker_open", _SERVICE, "not sent: the circuit breaker is open, because earlier calls failed"
    CANCELLED = "cancelled", _SERVICE, "the operation was stopped while the call ran"
    RATE_LIMIT_CALLS = "rate_limit_calls", _CALLER, "not sent: the caller is over RATE_LIMIT_CALLS"
    STRIPE_MAX_CALLS_PER_CALLER = (
        "stripe_max_calls_per_caller",
        _CALLER,
        "not sent: the caller is over STRIPE_MAX_CALLS_PER_CALLER until the deadline",
    )
    MAX_CALLS = "max_calls", _CALLER, "not sent: the operation is over MAX_CALLS"


ORIGINS: Mapping[str, str] = {reason.value: reason.origin.value for reason in Reason}
"""The origin of each reason, as used in logs and metrics."""


def table() -> str:
    """The table of all reasons in Markdown."""
    rows = (f"| `{reason}` | `{reason.origin}` | {reason.meaning} |" for reason in Reason)
    return "\n".join(["| reason | origin | meaning |", "|---|---|---|", *rows])
