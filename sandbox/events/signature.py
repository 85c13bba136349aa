"""The header that proves that a delivery comes from the account's webhooks."""

import hashlib
import hmac
from collections.abc import Sequence

# Stripe adds a made-up signature of another scheme in test mode, which receivers must ignore.
_UNUSED_SECRET = "not a secret"


def signature_header(secrets: Sequence[str], body: bytes, timestamp: int) -> str:
    """Returns the value of Stripe-Signature, with one `v1` per secret. `timestamp` is the attempt's, in seconds."""
    signatures = [f"v1={_signature(secret, body, timestamp)}" for secret in secrets]
    return ",".join([f"t={timestamp}", *signatures, f"v0={_signature(_UNUSED_SECRET, body, timestamp)}"])


def _signature(secret: str, body: bytes, timestamp: int) -> str:
    return hmac.new(secret.encode(), b"%d." % timestamp + body, hashlib.sha256).hexdigest()
