"""The Stripe-Signature header, which proves that a webhook request comes from Stripe.

The header is `t=<unix seconds>,v1=<hex>[,v1=<hex>…]`. Each v1 is the HMAC-SHA256 of the time, a full stop and the raw
body under one of the endpoint's secrets. Other schemes are ignored. Source: Stripe's webhook documentation, and
`WebhookSignature` of stripe-python.
"""

from __future__ import annotations

import enum
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass

TOLERANCE_SECONDS = 300
"""Age at which a signature is rejected, as in Stripe's libraries. A time in the future is accepted."""

MAX_HEADER_BYTES = 4096

_TIME = re.compile(rb"[0-9]{1,12}")


class Refusal(enum.StrEnum):
    """The reason for which a webhook request is rejected. The values are labels of metrics."""

    NO_SIGNATURE = "no_signature"
    MALFORMED_SIGNATURE = "malformed_signature"
    OLD_SIGNATURE = "old_signature"
    WRONG_SIGNATURE = "wrong_signature"
    COMPRESSED = "compressed"
    TOO_LARGE = "too_large"
    TOO_SLOW = "too_slow"
    TOO_MANY = "too_many"


class WebhookRefused(Exception):
    """A webhook request that is rejected."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class Signature:
    """The content of a header: the time of the attempt, as it was signed, and the v1 signatures in hexadecimal."""

    time: bytes
    candidates: Sequence[bytes]


def parse_signature(values: Sequence[bytes], now: float) -> Signature:
    """The signature in the values of all Stripe-Signature headers. Raises WebhookRefused.

    `now` is the Unix time. The body is not needed, so that a request without a current signature costs little.
    """
    if not values:
        raise WebhookRefused(Refusal.NO_SIGNATURE)
    if len(values) > 1 or len(values[0]) > MAX_HEADER_BYTES:
        raise WebhookRefused(Refusal.MALFORMED_SIGNATURE)
    items = [item.partition(b"=") for item in values[0].split(b",")]
    times = [value for name, _, value in items if name == b"t"]
    candidates = [value for name, _, value in items if name == b"v1"]
    if len(times) != 1 or not candidates or not _TIME.fullmatch(times[0]):
        raise WebhookRefused(Refusal.MALFORMED_SIGNATURE)
    if now - int(times[0]) > TOLERANCE_SECONDS:
        raise WebhookRefused(Refusal.OLD_SIGNATURE)
    return Signature(times[0], candidates)


def check_signature(signature: Signature, body: bytes, secrets: Sequence[bytes]) -> None:
    """Raises WebhookRefused unless one of the signatures was made with one of the secrets.

    The time that this takes does not depend on which of them match.
    """
    signed = signature.time + b"." + body
    expected = [hmac.digest(secret, signed, "sha256").hex().encode() for secret in secrets]
    matches = [hmac.compare_digest(one, candidate) for one in expected for candidate in signature.candidates]
    if not any(matches):
        raise WebhookRefused(Refusal.WRONG_SIGNATURE)
