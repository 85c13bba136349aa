"""The header that proves that a delivery comes from the account's webhooks."""

import hashlib
import hmac

# Stripe adds a made-up signature of another scheme in test mode, which receivers must ignore.
_UNUSED_SECRET = "not a secret"


def signature_header(secret: str, body: bytes, timestamp: int) -> str:
    """Returns the value of Stripe-Signature. `timestamp` is the time of this attempt in seconds."""
    v1, v0 = (_signature(key, body, timestamp) for key in (secret, _UNUSED_SECRET))
    return f"t={timestamp},v1={v1},v0={v0}"


def _signature(secret: str, body: bytes, timestamp: int) -> str:
    return hmac.new(secret.encode(), b"%d." % timestamp + body, hashlib.sha256).hexdigest()
