"""A Stripe whose connected accounts have equal ids: a sandbox for each account, chosen by the header Stripe-Account."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import httpx

from quality.harness.clients import Api, Recorder
from quality.harness.tokens import bearer
from quality.harness.wallets import AMARA, AMARAS_DEFAULT
from sandbox import create_sandbox
from serving.settings.settings import Settings

CLAIM = "stripe_account"
ONE, OTHER = "acct_1Connected0000000", "acct_1Connected0000001"
UNLINKED = "acct_1Unlinked00000000"
PLATFORM = None

LIMITS = {"max_cost": 10**7, "max_aliases": 10**4, "max_document_tokens": 10**5}
"""Allow tests to select all fields."""

INVALID = {
    "error": {
        "type": "invalid_request_error",
        "code": "account_invalid",
        "message": "The provided key 'sk_test_***' does not have access to account 'acct_x' (or that account does not "
        "exist). Application access may have been revoked.",
    }
}


class Accounts(httpx.AsyncBaseTransport):
    """The sandbox of each account. Only ONE and OTHER are connected."""

    def __init__(self) -> None:
        self.sandboxes: dict[str | None, Any] = {account: create_sandbox() for account in (PLATFORM, ONE, OTHER)}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        sandbox = self.sandboxes.get(request.headers.get("stripe-account"))
        if sandbox is None:
            return httpx.Response(403, json=INVALID)
        headers = [(name, value) for name, value in request.headers.raw if name.lower() != b"stripe-account"]
        within = httpx.Request(request.method, request.url, headers=headers, content=request.content)
        return await httpx.ASGITransport(app=sandbox).handle_async_request(within)

    async def rest(self, account: str | None, method: str, path: str, **form: str) -> dict[str, Any]:
        """The response to a request that does not come from the service."""
        transport = httpx.ASGITransport(app=self.sandboxes[account])
        async with httpx.AsyncClient(transport=transport, base_url="http://x", auth=("sk_test_x", "")) as http:
            response = await http.request(method, path, data=form or None)
        assert response.status_code == 200, response.text
        found: dict[str, Any] = response.json()
        return found

    async def mark(self) -> None:
        """Give the same objects of the accounts different data."""
        for account in self.sandboxes:
            name = f"of {account}"
            await self.rest(account, "POST", f"/v1/customers/{AMARA}", name=name)
            await self.rest(account, "POST", f"/v1/payment_methods/{AMARAS_DEFAULT}", **{"billing_details[name]": name})

    async def latest_event(self, account: str | None) -> dict[str, Any]:
        """The account's latest event, as Stripe sends it to the platform's webhook endpoint."""
        event: dict[str, Any] = (await self.rest(account, "GET", "/v1/events"))["data"][0]
        return event if account is None else {**event, "account": account}


class Platform:
    """The service of a platform, and its callers."""

    def __init__(self, accounts: Accounts, **options: Any) -> None:
        self.accounts = accounts
        self.settings = Settings(**{"sandbox": True, "auth_account_claim": CLAIM, **LIMITS, **options})
        self.stripe = Recorder(accounts)
        self.api = Api(self.settings, self.stripe)

    def headers(self, account: str | None, *, service: bool = False) -> dict[str, str]:
        """The token of Amara, or of a service, in an account."""
        settings = self.settings.model_copy(update={"auth_account_claim": CLAIM})
        return bearer(settings, customer=None if service else AMARA, service=service, account=account)

    async def __call__(
        self, account: str | None, query: str, *, service: bool = False, **variables: Any
    ) -> httpx.Response:
        self.stripe.clear()
        body = {"query": query, "variables": variables}
        return await self.api.http.post("/graphql", json=body, headers=self.headers(account, service=service))

    async def data(self, account: str | None, query: str, **options: Any) -> dict[str, Any]:
        """The data of a response without errors."""
        answer = (await self(account, query, **options)).json()
        assert "errors" not in answer, answer
        data: dict[str, Any] = answer["data"]
        return data

    @property
    def called(self) -> Counter[str | None]:
        """The number of REST calls for each account since the last operation began."""
        return Counter(request.headers.get("stripe-account") for request in self.stripe.requests)


def comparable(response: httpx.Response, *, is_saved: bool = False) -> tuple[int, str]:
    """A response without what is new in each: ids of requests and of new objects, secrets, cursors, and the time.

    `is_saved`: the payment method is new too.
    """
    text = re.sub(r"\b(req|seti|setatt|mandate|evt|pi|cuss|ek|ephkey)_[A-Za-z0-9_=]+", r"\1", response.text)
    text = re.sub(r'(\w*[cC]ursor)":"[^"]*"', r'\1":""', text)
    text = re.sub(r'"(created|expires)":\d+', r'"\1":0', text)
    text = re.sub(r"\bpm_[A-Za-z0-9]+", "pm", text) if is_saved else text
    return response.status_code, re.sub(r"\d{4}-\d\d-\d\dT[\d:]+Z", "time", text)
