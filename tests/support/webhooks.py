"""Webhook requests in tests: event bodies, signed as Stripe signs them."""

import hmac
import json
import time

SECRET = "whsec_of_the_tests"
CUSTOMER = "cus_NbZ8Ki3f322LNn"


def event(type="payment_method.attached", *, id="evt_1", previous=None, **members):
    """The decoded body of an event about the payment method pm_1 of CUSTOMER."""
    object = {"id": "pm_1", "object": "payment_method", "customer": CUSTOMER}
    data = {"object": members.pop("object", object), **({"previous_attributes": previous} if previous else {})}
    return {
        "id": id,
        "object": "event",
        "api_version": "2026-10-28.endive",
        "created": int(time.time()),
        "data": data,
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": type,
        **members,
    }


def encode(value):
    """Indented like Stripe's bodies, so that a check of anything but the raw bytes fails."""
    return json.dumps(value, indent=2).encode()


def header(body, *secrets, at=None):
    """The Stripe-Signature header, with one v1 for each secret."""
    at = int(time.time()) if at is None else at
    signatures = [hmac.digest(secret.encode(), b"%d." % at + body, "sha256").hex() for secret in secrets or (SECRET,)]
    return ",".join([f"t={at}", *(f"v1={signature}" for signature in signatures)])


async def send(http, body, signature=None, **headers):
    """Send a body to the endpoint, signed with SECRET unless a header is given."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    signed = {"stripe-signature": header(body) if signature is None else signature, **names}
    return await http.post("/webhooks/stripe", content=body, headers=signed)
