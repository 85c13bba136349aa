"""A Stripe that answers every request about one SetupIntent, and its mandate, with what a test wants."""

from __future__ import annotations

import json
from typing import Any

import httpx

from quality.harness import builders
from quality.harness.clients import Recorder

INTENT = "seti_1"
MANDATE = "mandate_1"


def setup_intent(**members: Any) -> dict[str, Any]:
    """A SetupIntent of cus_1 that has succeeded."""
    return {
        "id": INTENT,
        "object": "setup_intent",
        "client_secret": "seti_1_secret_2",
        "created": 1679946402,
        "customer": "cus_1",
        "livemode": False,
        "metadata": {},
        "payment_method": "pm_1",
        "payment_method_types": ["sepa_debit"],
        "status": "succeeded",
        "usage": "off_session",
        **members,
    }


def mandate(**members: Any) -> dict[str, Any]:
    """An active mandate for pm_1, to which the customer agreed online."""
    return {
        "id": MANDATE,
        "object": "mandate",
        "customer_acceptance": {"accepted_at": 1679946402, "type": "online", "online": {"ip_address": "203.0.113.7"}},
        "livemode": False,
        "payment_method": "pm_1",
        "status": "active",
        "type": "multi_use",
        **members,
    }


class SetupStripe:
    """`intent` and `mandate` are what it returns; `refusal` is the error of the next write."""

    def __init__(self) -> None:
        self.recorder = Recorder(httpx.MockTransport(self._answer))
        self.intent = setup_intent()
        self.mandate = mandate()
        self.refusal: tuple[int, dict[str, Any]] | None = None

    def refuse(self, status: int = 400, **error: Any) -> None:
        """Refuse the next write with this error."""
        self.refusal = (status, builders.error(**error))

    @property
    def sent(self) -> dict[str, str]:
        """The parameters of the last write."""
        writes = [at for at, request in enumerate(self.recorder.requests) if request.method == "POST"]
        return self.recorder.form(writes[-1])

    def _answer(self, request: httpx.Request) -> httpx.Response:
        headers = {"request-id": "req_1"}
        if request.method == "POST" and self.refusal is not None:
            (status, body), self.refusal = self.refusal, None
            return httpx.Response(status, json=body, headers=headers)
        if "/mandates/" in request.url.path:
            return httpx.Response(200, json=json.loads(json.dumps(self.mandate)), headers=headers)
        if "payment_methods" in request.url.path:
            return httpx.Response(200, json=builders.payment_method(customer="cus_1"), headers=headers)
        return httpx.Response(200, json=self.intent, headers=headers)
