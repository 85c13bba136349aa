"""A sandbox that sends its events to an endpoint in this process."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from sandbox import Sandbox, create_sandbox
from tests.sandbox.driver import Api, http_client

JENNYS = "pm_1MqLiJLkdIwHu7ixUEgbFdYF"
URL = "http://shop.test/webhooks"
SECRET = "whsec_of_the_test"


@dataclass
class World:
    sandbox: Sandbox
    api: Api
    http: Any

    async def detach(self) -> None:
        await self.api.done("POST", f"/v1/payment_methods/{JENNYS}/detach")

    async def endpoint(self, *enabled_events: str, **params: Any) -> dict[str, Any]:
        params = {"url": "http://other.test/webhooks", "enabled_events": list(enabled_events or ["*"]), **params}
        return await self.api.done("POST", "/v1/webhook_endpoints", params)

    async def deliveries(self) -> list[dict[str, Any]]:
        await self.sandbox.webhooks.wait_until_settled()
        return (await self.http.get("/_sandbox/deliveries")).json()["deliveries"]

    async def undelivered(self) -> list[dict[str, Any]]:
        return (await self.api.done("GET", "/v1/events", {"delivery_success": False}))["data"]


@asynccontextmanager
async def world(deliver, clock, **options):
    options = {"forward_to": URL, "webhook_secret": SECRET, "retry_pauses": (0.001, 0.002), **options}
    sandbox = create_sandbox(clock=clock, deliver=deliver, **options)
    async with http_client(sandbox) as http, asyncio.timeout(10), sandbox.webhooks.running():
        yield World(sandbox, Api(http), http)
