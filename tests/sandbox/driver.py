"""Calls the sandbox like a client of Stripe, and checks the shape of every body."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from tests.sandbox import openapi, sdk_types

Params = Mapping[str, Any] | str | bytes | None


@dataclass
class Reply:
    status: int
    body: Any
    headers: httpx.Headers

    @property
    def error(self) -> dict[str, Any]:
        """The error object, without the members that differ from one request to the next."""
        return {name: value for name, value in self.body["error"].items() if name not in ("doc_url", "request_log_url")}


def missing_payment_method(id: str) -> str:
    """Returns the message that a platform gets. A connected account gets only its first part."""
    return (
        f"No such PaymentMethod: '{id}'; It's possible this PaymentMethod exists on one of your connected accounts, in"
        " which case you should retry this request on that connected account. Learn more at"
        " https://stripe.com/docs/connect/authentication"
    )


class Api:
    """`request`, `get` and `post` return the reply; `done` and `refused` also check its status."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def request(self, method: str, url: str, params: Params = None, **headers: str) -> Reply:
        content = encoded(params)
        if method != "POST" and content:
            url, content = f"{url}?{content.decode()}", b""
        sent = {"content-type": "application/x-www-form-urlencoded"} if content else {}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        response = await self._http.request(method, url, content=content, headers=sent)
        return _checked(method, url, response)

    async def get(self, url: str, params: Params = None, **headers: str) -> Reply:
        return await self.request("GET", url, params, **headers)

    async def post(self, url: str, params: Params = None, **headers: str) -> Reply:
        return await self.request("POST", url, params, **headers)

    async def delete(self, url: str, params: Params = None, **headers: str) -> Reply:
        return await self.request("DELETE", url, params, **headers)

    async def done(self, method: str, url: str, params: Params = None, **headers: str) -> Any:
        reply = await self.request(method, url, params, **headers)
        assert reply.status == 200, reply.body
        return reply.body

    async def refused(
        self, status: int, method: str, url: str, params: Params = None, **headers: str
    ) -> dict[str, Any]:
        reply = await self.request(method, url, params, **headers)
        assert reply.status == status, reply.body
        return reply.error

    async def customer(self, **params: Any) -> str:
        return str((await self.done("POST", "/v1/customers", params))["id"])

    async def attached(self, customer: str, token: str = "pm_card_visa") -> str:
        return str((await self.done("POST", f"/v1/payment_methods/{token}/attach", {"customer": customer}))["id"])

    async def unattached(self, token: str = "tok_visa") -> str:
        params = {"type": "card", "card": {"token": token}}
        return str((await self.done("POST", "/v1/payment_methods", params))["id"])


def http_client(app: Any, address: str = "http://stripe.test") -> httpx.AsyncClient:
    """Returns a client of an app in this process, with a valid key."""
    headers = {"authorization": "Bearer sk_test_123"}
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=address, headers=headers)


def encoded(params: Params) -> bytes:
    """Returns the parameters in Stripe's bracketed form, as the SDKs write it."""
    if isinstance(params, str):
        return params.encode()
    if isinstance(params, bytes):
        return params
    return str(httpx.QueryParams(list(_flat(params or {})))).encode()


def _flat(params: Mapping[str, Any], at: str = "") -> Any:
    for name, value in params.items():
        key = f"{at}[{name}]" if at else name
        if isinstance(value, list):
            value = dict(enumerate(value))
        if isinstance(value, dict):
            yield from _flat(value, key)
        else:
            yield key, str(value).lower() if isinstance(value, bool) else str(value)


def _checked(method: str, url: str, response: httpx.Response) -> Reply:
    path = url.partition("?")[0]
    body = response.json()
    assert response.headers["request-id"].startswith("req_")
    if openapi.available():
        openapi.validate(method, path, response.status_code, body)
    if response.status_code == 200:
        assert sdk_types.problems(body) == []
    return Reply(response.status_code, body, response.headers)
