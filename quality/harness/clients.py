"""Test doubles on both sides of the service: its client, and the transport to its upstream."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qsl

import httpx

from app import Service


class Recorder(httpx.AsyncBaseTransport):
    """Forwards requests and records them."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner
        self.requests: list[httpx.Request] = []

    @classmethod
    def over(cls, app: Any) -> Recorder:
        return cls(httpx.ASGITransport(app=app))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()

    @property
    def calls(self) -> list[str]:
        """Method and path of each request, with ids replaced by their type: GET /v1/customers/:cus/payment_methods."""
        return [f"{request.method} {_endpoint(request.url.path)}" for request in self.requests]

    def form(self, index: int = -1) -> dict[str, str]:
        """The parameters of one request, from its body or its query string."""
        request = self.requests[index]
        encoded = request.content.decode() if request.method == "POST" else request.url.query.decode()
        return dict(parse_qsl(encoded, keep_blank_values=True))

    def clear(self) -> None:
        self.requests.clear()


def _endpoint(path: str) -> str:
    return re.sub(r"/(pm|cus|acct|seti|pi|sub|card|src)_[^/]*", r"/:\1", path)


class Api:
    """GraphQL over HTTP against the service, in process."""

    def __init__(self, settings: Any, stripe: Recorder) -> None:
        self.stripe = stripe
        self.service = Service(settings, transport=stripe)
        self.app = self.service.app()
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(app=self.app), base_url="http://localhost")

    async def __aenter__(self) -> Api:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()

    async def __call__(self, query: str, **variables: Any) -> dict[str, Any]:
        """Send an operation. Returns the JSON of the response."""
        response = await self.http.post("/graphql", json={"query": query, "variables": variables})
        assert response.status_code == 200, response.text
        result: dict[str, Any] = json.loads(response.content)
        return result

    async def data(self, query: str, **variables: Any) -> dict[str, Any]:
        """Send an operation. Returns the data of the response, which must not have errors."""
        answer = await self(query, **variables)
        assert "errors" not in answer, answer
        data: dict[str, Any] = answer["data"]
        return data
