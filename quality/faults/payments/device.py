"""The customer's device, which confirms directly at Stripe with a publishable key and the client secret."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from quality.faults.client import Outcome, Result
from quality.harness import wire

KEY = "pk_test_faults"
BACK = "https://shop.example/back"
RESPONSE_TIMEOUT = 1.5
_FORM = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/x-www-form-urlencoded"}
WAITS_FOR_PAYMENT = ("requires_payment_method", "requires_confirmation")


class Device:
    """Simulates Stripe.js. Its confirmations go through the proxy with faults, its reads and the bank's page do not."""

    def __init__(self, proxy: int, sandbox: int, secret: str) -> None:
        self._proxy = proxy
        self._sandbox = sandbox
        self._path = f"/v1/payment_intents/{secret.partition('_secret_')[0]}"
        self._secret = secret
        self.results: list[Result] = []

    async def pay(self, method: str) -> str:
        """Confirm until the payment method is used, with 3-D Secure if required. Returns the last status."""
        for _ in range(12):
            intent = await self._confirm(method) or await self._read()
            if intent["status"] == "requires_action":
                await self._authenticate(intent)
                intent = await self._read()
            if intent["status"] not in WAITS_FOR_PAYMENT:
                break
            await asyncio.sleep(0.1)
        return self._record(intent)

    def _record(self, intent: Mapping[str, Any]) -> str:
        status = str(intent["status"])
        self.results.append(Result(Outcome.DONE, f'{{"status": "{status.upper()}"}}'))
        return status

    async def _confirm(self, method: str) -> Mapping[str, Any] | None:
        """Confirm once. Returns the PaymentIntent, or None if the response was lost or an error."""
        params = {"client_secret": self._secret, "payment_method": method, "return_url": BACK}
        request = wire.request("POST", f"{self._path}/confirm", body=urlencode(params).encode(), headers=_FORM)

        response = None
        with contextlib.suppress(TimeoutError, OSError):
            response = await asyncio.wait_for(wire.exchange(self._proxy, request), RESPONSE_TIMEOUT)
        intent = response.json if response is not None else None
        if not isinstance(intent, dict) or "status" not in intent:
            self.results.append(Result(Outcome.NOTHING))
            return None
        return intent

    async def _read(self) -> Mapping[str, Any]:
        query = urlencode({"client_secret": self._secret})
        response = await wire.exchange(self._sandbox, wire.request("GET", f"{self._path}?{query}", headers=_FORM))
        assert response is not None, "no response"
        assert response.status == 200, response
        return dict(response.json)

    async def _authenticate(self, intent: Mapping[str, Any]) -> None:
        await authenticate(self._sandbox, intent["next_action"]["redirect_to_url"]["url"])


async def authenticate(sandbox: int, url: str) -> None:
    """Complete the 3-D Secure page."""
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    await wire.exchange(sandbox, wire.request("POST", urlsplit(url).path, body=b"outcome=complete", headers=form))
