"""The floor: a bare proxy that makes the same REST calls over httpx-aiohttp and returns Stripe's bytes.

No GraphQL, no mapping, no checks, no logs. It uses none of the service's code, so that it is the same at each commit.
"""

from __future__ import annotations

import asyncio
import os
import uuid
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import quote

import aiohttp
import httpx
import msgspec
from httpx_aiohttp import AiohttpTransport

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

BASE = os.environ["STRIPE_API_BASE"]
HEADERS = {
    "Authorization": f"Bearer {os.environ['STRIPE_SECRET_KEY']}",
    "Stripe-Version": os.environ["STRIPE_API_VERSION"],
    "User-Agent": "floor",
    "Accept": "application/json",
    "Accept-Encoding": "identity",
}
EXTENSIONS = {"timeout": {"connect": 5.0, "pool": 5.0}}
EXPANDED = "expand%5B0%5D=invoice_settings.default_payment_method"


class GraphQLRequest(msgspec.Struct, rename="camel"):
    """The members of a GraphQL request that determine the REST calls."""

    variables: dict[str, Any]
    operation_name: str


decode = msgspec.json.Decoder(GraphQLRequest).decode


class Floor:
    """An ASGI app without a framework."""

    def __init__(self) -> None:
        self._transport: httpx.AsyncBaseTransport | None = None

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        selected = decode(await _body(receive))
        response = await _RESPONSES[selected.operation_name](self, selected.variables)
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(response)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": response})

    async def attach(self, variables: Mapping[str, Any]) -> bytes:
        """POST /v1/payment_methods/{id}/attach."""
        input = variables["input"]
        headers = {
            **HEADERS,
            "Idempotency-Key": str(uuid.uuid4()),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        path = f"/v1/payment_methods/{quote(input['paymentMethodId'])}/attach"
        return await self._send_request("POST", path, headers, f"customer={quote(input['customerId'])}".encode())

    async def list(self, variables: Mapping[str, Any]) -> bytes:
        """GET /v1/customers/{id}/payment_methods."""
        path = f"/v1/customers/{quote(variables['id'])}/payment_methods?limit={variables['first']}"
        return await self._send_request("GET", path, HEADERS)

    async def wallet(self, variables: Mapping[str, Any]) -> bytes:
        """Read the customer with the default and a page concurrently. Returns both in a JSON list."""
        customer = self._send_request("GET", f"/v1/customers/{quote(variables['id'])}?{EXPANDED}", HEADERS)
        both = await asyncio.gather(customer, self.list(variables))
        return b"[%b,%b]" % tuple(both)

    async def ready(self, variables: Mapping[str, Any]) -> bytes:
        """The response to a readiness check, without a REST call."""
        return b"{}"

    async def _send_request(
        self, method: str, path: str, headers: Mapping[str, str], form: bytes | None = None
    ) -> bytes:
        if self._transport is None:
            self._transport = AiohttpTransport(client=_session)
        request = httpx.Request(method, BASE + path, headers=headers, content=form, extensions=EXTENSIONS)
        response = await self._transport.handle_async_request(request)
        return await response.aread()


def _session() -> aiohttp.ClientSession:
    connector = aiohttp.TCPConnector(limit=0, ssl=httpx.create_ssl_context())
    return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())


async def _body(receive: Receive) -> bytes:
    message = await receive()
    body: bytes = message["body"]
    while message["more_body"]:
        message = await receive()
        body += message["body"]
    return body


_RESPONSES: Mapping[str, Callable[[Floor, Mapping[str, Any]], Awaitable[bytes]]] = {
    "Attach": Floor.attach,
    "List": Floor.list,
    "Wallet": Floor.wallet,
    "Ready": Floor.ready,
}

app = Floor()
