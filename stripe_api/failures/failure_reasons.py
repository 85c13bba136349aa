"""The reasons of failed calls to Stripe, for logs, metrics and `check --connect`.

A call whose response is for the client (a declined card, an unknown id) has no reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


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


class Reason(StrEnum):
    """The reasons. Their values are used in logs and metrics."""

    DNS = "dns"
    CONNECTION_REFUSED = "connection_refused"
    UNREACHABLE = "unreachable"
    TLS_EXPIRED = "tls_expired"
    TLS_HOSTNAME = "tls_hostname"
    TLS_UNTRUSTED = "tls_untrusted"
    TLS_FAILED = "tls_failed"
    PROXY = "proxy"
    CONNECT_TIMEOUT = "connect_timeout"
    READ_TIMEOUT = "read_timeout"
    CONNECTION_RESET = "connection_reset"
    CONNECTION_FAILED = "connection_failed"
    NOT_HTTP = "not_http"
    NOT_JSON = "not_json"
    NOT_STRIPE = "not_stripe"
    BAD_ENCODING = "bad_encoding"
    RESPONSE_TOO_LARGE = "response_too_large"
    SERVER_ERROR = "server_error"
    KEY_REFUSED = "key_refused"
    PERMISSION_MISSING = "permission_missing"
    ACCOUNT_INACCESSIBLE = "account_inaccessible"
    RATE_LIMITED = "rate_limited"
    LOCK_TIMEOUT = "lock_timeout"
    KEY_IN_USE = "idempotency_key_in_use"
    DESCRIPTORS_EXHAUSTED = "descriptors_exhausted"
    DEADLINE = "deadline"
    QUEUE_FULL = "queue_full"
    BREAKER_OPEN = "breaker_open"
    CANCELLED = "cancelled"
    RATE_LIMIT_CALLS = "rate_limit_calls"
    STRIPE_MAX_CALLS_PER_CALLER = "stripe_max_calls_per_caller"
    MAX_CALLS = "max_calls"


@dataclass(frozen=True, slots=True)
class Explanation:
    """The meaning of a reason for the operator, and its origin."""

    origin: Origin
    meaning: str


_STRIPE, _ACCOUNT, _SERVICE, _CALLER = Origin

EXPLANATIONS: Mapping[Reason, Explanation] = {
    Reason.DNS: Explanation(_STRIPE, "its name can't be resolved"),
    Reason.CONNECTION_REFUSED: Explanation(_STRIPE, "the port is closed, or a firewall rejects the connection"),
    Reason.UNREACHABLE: Explanation(_STRIPE, "there is no route to it"),
    Reason.TLS_EXPIRED: Explanation(
        _STRIPE, "its certificate is outside its validity period: expired, or not valid yet; compare the clocks"
    ),
    Reason.TLS_HOSTNAME: Explanation(_STRIPE, "its certificate is for another host name"),
    Reason.TLS_UNTRUSTED: Explanation(
        _STRIPE, "its certificate is self-signed, or from an unknown authority (SSL_CERT_FILE)"
    ),
    Reason.TLS_FAILED: Explanation(_STRIPE, "the TLS handshake failed; an intermediary may not speak TLS"),
    Reason.PROXY: Explanation(_STRIPE, "check HTTPS_PROXY and the proxy's rules, or add the host to NO_PROXY"),
    Reason.CONNECT_TIMEOUT: Explanation(
        _STRIPE, "no connection in time: a firewall may drop packets, or STRIPE_MAX_CONNECTIONS are all in use"
    ),
    Reason.READ_TIMEOUT: Explanation(_STRIPE, "connected, but no complete response in time"),
    Reason.CONNECTION_RESET: Explanation(_STRIPE, "the connection was closed before the response was complete"),
    Reason.CONNECTION_FAILED: Explanation(_STRIPE, "the connection failed for another reason"),
    Reason.NOT_HTTP: Explanation(_STRIPE, "the server does not speak HTTP"),
    Reason.NOT_JSON: Explanation(_STRIPE, "a success whose body is not a JSON object, for example a proxy's page"),
    Reason.NOT_STRIPE: Explanation(_STRIPE, "JSON or a status that Stripe does not send"),
    Reason.BAD_ENCODING: Explanation(_STRIPE, "the compression of the body is invalid or unknown"),
    Reason.RESPONSE_TOO_LARGE: Explanation(_STRIPE, "the body is larger than the service reads (4 MiB)"),
    Reason.SERVER_ERROR: Explanation(_STRIPE, "status 5xx, from Stripe or from a proxy"),
    Reason.KEY_REFUSED: Explanation(_ACCOUNT, "401: the key is misspelled, revoked or expired"),
    Reason.PERMISSION_MISSING: Explanation(_ACCOUNT, "403: the restricted key lacks a permission"),
    Reason.ACCOUNT_INACCESSIBLE: Explanation(
        _ACCOUNT, "401 or 403: the connected account is unknown, or has disconnected from the platform"
    ),
    Reason.RATE_LIMITED: Explanation(_ACCOUNT, "429: more calls than Stripe allows for the account"),
    Reason.LOCK_TIMEOUT: Explanation(_ACCOUNT, "429: another request has locked the same object"),
    Reason.KEY_IN_USE: Explanation(_ACCOUNT, "409: the first request with the same idempotency key is still running"),
    Reason.DESCRIPTORS_EXHAUSTED: Explanation(_SERVICE, "this process may not open more files or connections"),
    Reason.DEADLINE: Explanation(_SERVICE, "too little of OPERATION_DEADLINE was left for the call"),
    Reason.QUEUE_FULL: Explanation(
        _SERVICE, "not sent: too many calls to Stripe were waiting, or the wait was too long; `setting` is the limit"
    ),
    Reason.BREAKER_OPEN: Explanation(_SERVICE, "not sent: the circuit breaker is open, because earlier calls failed"),
    Reason.CANCELLED: Explanation(_SERVICE, "the operation was stopped while the call ran"),
    Reason.RATE_LIMIT_CALLS: Explanation(_CALLER, "not sent: the caller is over RATE_LIMIT_CALLS"),
    Reason.STRIPE_MAX_CALLS_PER_CALLER: Explanation(
        _CALLER, "not sent: the caller is over STRIPE_MAX_CALLS_PER_CALLER until the deadline"
    ),
    Reason.MAX_CALLS: Explanation(_CALLER, "not sent: the operation is over MAX_CALLS"),
}

ORIGINS: Mapping[str, str] = {reason.value: one.origin.value for reason, one in EXPLANATIONS.items()}
"""The origin of each reason, as used in logs and metrics."""


def table() -> str:
    """The table of all reasons in Markdown."""
    rows = (f"| `{reason}` | `{one.origin}` | {one.meaning} |" for reason, one in EXPLANATIONS.items())
    return "\n".join(["| reason | origin | meaning |", "|---|---|---|", *rows])
