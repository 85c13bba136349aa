"""The customer's device: it confirms at Stripe itself, with a publishable key and the client secret."""

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
ANSWER_WITHIN = 1.5
_FORM = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/x-www-form-urlencoded"}
WAITS_FOR_PAYMENT = ("requires_payment_method", "requires_confirmation")


class Device:
    """Stripe.js of one customer: its requests to confirm meet faults, its reads and the bank's page do not."""

    def __init__(self, proxy: int, sandbox: int, secret: str) -> None:
        self._proxy = proxy
        self._sandbox = sandbox
        self._path = f"/v1/payment_intents/{secret.partition('_secret_')[0]}"
        self._secret = secret
        self.results: list[Result] = []

    async def pay(self, method: str) -> str:
        """Confirm until the payment method was used, with the 3-D Secure page if needed. Returns the last status."""
        for _ in range(12):
            answer = await self._confirm(method)
            intent = answer if answer is not None else await self._read()
            if intent["status"] == "requires_action":
                await self._authenticate(intent)
                intent = await self._read()
            if intent["status"] not in WAITS_FOR_PAYMENT:
                break
            await asyncio.sleep(0.1)
        return self._note(intent)

    def _note(self, intent: Mapping[str, Any]) -> str:
        status = str(intent["status"])
        self.results.append(Result(Outcome.DONE, f'{{"status": "{status.upper()}"}}'))
        return status

    async def _confirm(self, method: str) -> Mapping[str, Any] | None:
        """The intent, or None if the response was lost or refused."""
        params = {"client_secret": self._secret, "payment_method": method, "return_url": BACK}
        request = wire.request("POST", f"{self._path}/confirm", body=urlencode(params).encode(), headers=_FORM)
        answer = None
        with contextlib.suppress(TimeoutError, OSError):
            answer = await asyncio.wait_for(wire.exchange(self._proxy, request), ANSWER_WITHIN)
        intent = answer.json if answer is not None else None
        if not isinstance(intent, dict) or "status" not in intent:
            self.results.append(Result(Outcome.NOTHING))
            return None
        return intent

    async def _read(self) -> Mapping[str, Any]:
        query = urlencode({"client_secret": self._secret})
        answer = await wire.exchange(self._sandbox, wire.request("GET", f"{self._path}?{query}", headers=_FORM))
        assert answer is not None, "no answer"
        assert answer.status == 200, answer
        return dict(answer.json)

    async def _authenticate(self, intent: Mapping[str, Any]) -> None:
        await authenticate(self._sandbox, intent["next_action"]["redirect_to_url"]["url"])


async def authenticate(sandbox: int, url: str) -> None:
    """Complete the 3-D Secure page."""
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    await wire.exchange(sandbox, wire.request("POST", urlsplit(url).path, body=b"outcome=complete", headers=form))
