"""POST /webhooks/stripe: only requests that Stripe has signed reach the handler, and the others cost little."""

from __future__ import annotations

import asyncio
import gzip
import time

import httpx
import pytest
import stripe

from serving.webhooks import event_body
from serving.webhooks.endpoint import WebhookEndpoint
from serving.webhooks.event_body import MAX_EVENT_BYTES
from serving.webhooks.event_outcome import EventOutcome
from serving.webhooks.signature import Refusal
from tests.support.webhooks import SECRET, encode, event, header, send

OTHER = "whsec_of_another_endpoint"
BODY = encode(event())


class World:
    """The endpoint alone, with a handler that keeps what it receives."""

    def __init__(self, *secrets, timeout=1.0):
        self.received: list[bytes] = []
        self.refusals: list[str] = []
        self.outcome = EventOutcome.HANDLED
        self.endpoint = WebhookEndpoint(
            self._receive, secrets=secrets or (SECRET,), timeout=timeout, count_refusal=self.refusals.append
        )
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(app=self.endpoint), base_url="http://localhost")

    async def _receive(self, body):
        self.received.append(body)
        return self.outcome


@pytest.fixture
def world():
    return World()


async def refused(world, status, reason, *arguments, **headers):
    response = await send(world.http, *arguments, **headers)
    assert (response.status_code, world.refusals, world.received) == (status, [reason], [])


class TestAccepted:
    async def test_the_raw_bytes_reach_the_handler(self, world):
        response = await send(world.http, BODY)
        assert (response.status_code, response.text, world.received) == (200, "handled", [BODY])

    async def test_a_signature_of_stripes_own_library(self, world):
        signature = stripe.WebhookSignature.generate_signature_header(BODY.decode(), SECRET)
        assert (await send(world.http, BODY, signature)).status_code == 200

    @pytest.mark.parametrize("signed_with", [(SECRET,), (OTHER,), (OTHER, SECRET), ("whsec_unknown", OTHER)])
    async def test_either_secret_during_a_rotation(self, signed_with):
        world = World(SECRET, OTHER)
        assert (await send(world.http, BODY, header(BODY, *signed_with))).status_code == 200

    async def test_other_schemes_are_ignored(self, world):
        assert (await send(world.http, BODY, f"v0=made-up,{header(BODY)},v2=made-up")).status_code == 200

    @pytest.mark.parametrize("seconds", [-299, 0, 86_400])
    async def test_a_signature_that_is_recent_or_in_the_future(self, world, seconds):
        signature = header(BODY, at=int(time.time()) + seconds)
        assert (await send(world.http, BODY, signature)).status_code == 200

    async def test_a_chunked_body_of_any_split(self, world):
        async def chunks():
            for index in range(0, len(BODY), 7):
                yield BODY[index : index + 7]

        response = await world.http.post(
            "/webhooks/stripe", content=chunks(), headers={"stripe-signature": header(BODY)}
        )
        assert (response.status_code, world.received) == (200, [BODY])

    @pytest.mark.parametrize(
        ("outcome", "status"),
        [(EventOutcome.SEEN, 200), (EventOutcome.OTHER_ACCOUNT, 200), (EventOutcome.MALFORMED, 200),
         (EventOutcome.NOT_JSON, 400), (EventOutcome.UNAVAILABLE, 503)],
    )  # fmt: skip
    async def test_the_outcome_decides_the_status(self, world, outcome, status):
        world.outcome = outcome
        assert (await send(world.http, BODY)).status_code == status


class TestRefused:
    async def test_without_a_signature(self, world):
        response = await world.http.post("/webhooks/stripe", content=BODY)
        assert (response.status_code, world.refusals, world.received) == (400, [Refusal.NO_SIGNATURE], [])

    @pytest.mark.parametrize(
        "signature",
        ["", "t=1", "v1=00", "t=,v1=00", "t=now,v1=00", "t=-1,v1=00", "t=1,t=2,v1=00", "t=1;v1=00", "t=9,v0=00", "\xff",
         f"t=9999999999999,{'v1=00'}", f"t=9999999999,{'v1=00,' * 1000}"],
    )  # fmt: skip
    async def test_a_malformed_header(self, world, signature):
        await refused(world, 400, Refusal.MALFORMED_SIGNATURE, BODY, signature.encode("latin-1"))

    async def test_two_headers(self, world):
        headers = [("stripe-signature", header(BODY))] * 2
        response = await world.http.post("/webhooks/stripe", content=BODY, headers=headers)
        assert (response.status_code, world.refusals) == (400, [Refusal.MALFORMED_SIGNATURE])

    async def test_a_signature_with_another_secret(self, world):
        await refused(world, 400, Refusal.WRONG_SIGNATURE, BODY, header(BODY, OTHER))

    async def test_other_bytes_with_the_same_json(self, world):
        await refused(world, 400, Refusal.WRONG_SIGNATURE, BODY.replace(b"\n", b""), header(BODY))

    async def test_a_signature_of_another_time(self, world):
        _, _, old = header(BODY, at=int(time.time()) - 400).partition(",")
        await refused(world, 400, Refusal.WRONG_SIGNATURE, BODY, f"t={int(time.time())},{old}")

    async def test_a_true_signature_under_another_scheme(self, world):
        await refused(world, 400, Refusal.WRONG_SIGNATURE, BODY, header(BODY).replace("v1=", "v0=") + ",v1=00")

    async def test_a_signature_that_is_older_than_five_minutes(self, world):
        await refused(world, 400, Refusal.OLD_SIGNATURE, BODY, header(BODY, at=int(time.time()) - 302))

    async def test_a_compressed_body_is_not_decompressed(self, world):
        body = gzip.compress(BODY)
        await refused(world, 400, Refusal.COMPRESSED, body, header(body), content_encoding="gzip")

    @pytest.mark.parametrize("declared", [True, False])
    async def test_a_huge_body(self, world, declared):
        body = b" " * (MAX_EVENT_BYTES + 1)

        async def chunks():
            for _ in range(len(body) // 4096 + 1):
                yield b" " * 4096

        content = body if declared else chunks()
        response = await world.http.post(
            "/webhooks/stripe", content=content, headers={"stripe-signature": header(body)}
        )
        assert (response.status_code, world.refusals, world.received) == (400, [Refusal.TOO_LARGE], [])

    async def test_other_methods(self, world):
        response = await world.http.get("/webhooks/stripe")
        assert (response.status_code, response.headers["allow"]) == (405, "POST")


class Connection:
    """An ASGI connection whose client sends these messages, and then nothing more."""

    def __init__(self, *messages, **headers):
        names = {name.replace("_", "-").encode(): value.encode() for name, value in headers.items()}
        self.scope = {"type": "http", "method": "POST", "path": "/webhooks/stripe", "headers": list(names.items())}
        self.reads = 0
        self.sent: list[dict] = []
        self._messages = iter(messages)

    async def receive(self):
        self.reads += 1
        message = next(self._messages, None)
        if message is None:
            await asyncio.Event().wait()
        return message

    async def send(self, message):
        self.sent.append(message)

    async def status(self, app):
        await app(self.scope, self.receive, self.send)
        return self.sent[0]["status"] if self.sent else None


class TestCost:
    @pytest.mark.parametrize(
        "headers",
        [{"content_encoding": "gzip"}, {"content_length": str(MAX_EVENT_BYTES + 1)}, {"content_length": "9" * 5000},
         {"stripe_signature": "x"}, {"stripe_signature": header(BODY, at=1)}],
    )  # fmt: skip
    async def test_the_body_is_not_read_when_the_headers_suffice(self, world, headers):
        connection = Connection(**{"stripe_signature": header(BODY), **headers})
        assert await connection.status(world.endpoint) == 400
        assert connection.reads == 0

    async def test_the_body_is_not_read_without_a_signature(self, world):
        connection = Connection()
        assert await connection.status(world.endpoint) == 400
        assert connection.reads == 0

    async def test_a_flood_writes_one_log_line(self, world, caplog):
        for _ in range(500):
            await Connection().status(world.endpoint)
        assert len(world.refusals) == 500
        assert [record.message for record in caplog.records] == ["webhook request refused reason=no_signature"]
        caplog.clear()
        world.endpoint.flush()
        (line,) = [record.message for record in caplog.records]
        assert "repeated=499" in line

    async def test_a_slow_body_ends_at_the_timeout(self):
        world = World(timeout=0.01)
        slow = Connection({"type": "http.request", "body": b"{", "more_body": True}, stripe_signature=header(BODY))
        assert await slow.status(world.endpoint) == 408
        assert world.refusals == [Refusal.TOO_SLOW]

    async def test_slow_bodies_share_a_limit_of_memory(self, monkeypatch):
        monkeypatch.setattr(event_body, "MAX_PARTIAL_BYTES", 1000)
        world = World(timeout=0.05)
        part = {"type": "http.request", "body": b" " * 600, "more_body": True}
        slow = asyncio.create_task(Connection(part, stripe_signature=header(BODY)).status(world.endpoint))
        await asyncio.sleep(0)
        assert await Connection(part, stripe_signature=header(BODY)).status(world.endpoint) == 429
        assert await slow == 408
        complete = Connection({"type": "http.request", "body": BODY}, stripe_signature=header(BODY))
        assert await complete.status(world.endpoint) == 200

    async def test_a_client_that_disconnects_gets_no_response(self, world):
        gone = Connection({"type": "http.disconnect"}, stripe_signature=header(BODY))
        assert await gone.status(world.endpoint) is None
        assert (world.received, world.refusals) == ([], [])
