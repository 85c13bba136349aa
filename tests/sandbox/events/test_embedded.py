"""The sandbox mounted in a service that receives the events in the same process."""

import asyncio
from contextlib import asynccontextmanager

import httpx
import stripe
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from sandbox import WebhookRequest, create_sandbox
from tests.sandbox.driver import http_client

SECRET = "whsec_of_the_test"


async def test_events_reach_the_service_in_process():
    async def webhook(request: Request) -> Response:
        body = await request.body()
        events.append(stripe.Webhook.construct_event(body, request.headers["stripe-signature"], SECRET))
        return Response()

    async def deliver(request: WebhookRequest) -> int:
        response = await client.post(request.url, content=request.body, headers=dict(request.headers))
        return response.status_code

    @asynccontextmanager
    async def lifespan(app):
        async with sandbox.webhooks.running():
            yield

    events: list[stripe.Event] = []
    sandbox = create_sandbox(deliver=deliver, forward_to="http://service/webhooks/stripe", webhook_secret=SECRET)
    routes = [Route("/webhooks/stripe", webhook, methods=["POST"]), Mount("/v1", app=sandbox)]
    app = Starlette(routes=routes, lifespan=lifespan)
    transport = httpx.ASGITransport(app=app)
    async with (
        httpx.AsyncClient(transport=transport) as client,
        http_client(app) as http,
        asyncio.timeout(10),
        app.router.lifespan_context(app),
    ):
        await http.post("/v1/payment_methods/pm_card_visa/attach", data={"customer": "cus_NbZ8Ki3f322LNn"})
        await sandbox.webhooks.wait_until_settled()
    assert [event.type for event in events] == ["payment_method.attached"]
