"""Events reach the service: through all middleware, from the embedded sandbox, and on two replicas."""

from __future__ import annotations

import asyncio
import socket

import pytest
from pydantic import SecretStr

from quality.harness import asgi
from quality.harness.clients import Api, Recorder
from quality.harness.processes import running
from quality.harness.wallets import JENNY, JENNYS_CARD
from serving.settings.settings import Settings
from serving.webhooks.endpoint import PATH
from tests.changes.events.world import Cache, Stream
from tests.support.webhooks import SECRET, encode, event, header, send

BODY = encode(event())


class World:
    """A service over a cache and a stream that keep what they are asked to do."""

    def __init__(self, monkeypatch, settings, stripe=None):
        self.log: list[tuple] = []
        self.cache, self.stream = Cache(self.log), Stream(self.log)
        monkeypatch.setattr("live_wallets.NoCache", lambda: self.cache)
        monkeypatch.setattr("app.create_stream", lambda store: self.stream)
        self.api = Api(settings, stripe or Recorder.over(None))
        self.http = self.api.http


@pytest.fixture
def settings():
    return Settings(stripe_webhook_secret=SecretStr(SECRET))


@pytest.fixture
async def world(monkeypatch, settings):
    world = World(monkeypatch, settings)
    async with world.api:
        yield world


class TestMiddleware:
    async def test_a_signed_event_is_handled(self, world):
        response = await send(world.http, BODY)
        assert (response.status_code, response.text) == (200, "handled")
        assert response.headers["x-content-type-options"] == "nosniff"
        assert [step[0] for step in world.log] == ["evict", "publish"]

    async def test_requests_without_a_valid_signature_evict_nothing(self, world):
        for signature in ("", "t=1,v1=00", header(BODY, "whsec_other"), header(b"{}")):
            response = await send(world.http, BODY, signature)
            assert (response.status_code, world.log) == (400, [])
        assert (await world.http.post(PATH, content=BODY)).status_code == 400
        assert world.log == []

    async def test_a_repeated_header_is_rejected(self, world):
        headers = [("stripe-signature", header(BODY)), ("content-type", "a/b"), ("content-type", "a/c")]
        assert (await world.http.post(PATH, content=BODY, headers=headers)).status_code == 400
        assert world.log == []

    async def test_another_host_is_rejected_without_tokens(self, world):
        assert (await send(world.http, BODY, host="attacker.example")).status_code == 403
        assert (await send(world.http, BODY, host="localhost:4242")).status_code == 200

    async def test_clients_with_tokens_have_no_part_in_it(self, monkeypatch):
        settings = Settings(
            stripe_secret_key=SecretStr("sk_live_1"),
            stripe_webhook_secret=SecretStr(SECRET),
            auth_secret=SecretStr("s" * 32),
            cors_origins=("https://shop.example",),
        )
        world = World(monkeypatch, settings)
        async with world.api:
            assert (await send(world.http, encode(event(livemode=True)), host="pay.example")).text == "handled"
            assert (await send(world.http, encode(event(id="evt_2")), host="pay.example")).text == "other_account"

    async def test_it_takes_no_slot_of_the_operations(self, monkeypatch, settings):
        world = World(monkeypatch, settings.model_copy(update={"max_operations": 1}))
        async with world.api:
            with world.api.service.concurrency:
                assert (await send(world.http, BODY)).status_code == 200

    async def test_metrics_count_events_and_refusals(self, world):
        await send(world.http, BODY)
        await send(world.http, BODY)
        await send(world.http, encode(event("plan.created", id="evt_2")))
        await world.http.post(PATH, content=BODY)
        metrics = (await world.http.get("/metrics")).text
        attached = 'attache_events_total{outcome="%s",source="webhook",type="payment_method.attached"} 1.0'
        for line in (
            attached % "handled",
            attached % "seen",
            'attache_events_total{outcome="other_type",source="webhook",type="other"} 1.0',
            'attache_webhook_refusals_total{reason="no_signature"} 1.0',
            'attache_event_delay_seconds_count{source="webhook"} 1.0',
        ):
            assert line in metrics

    async def test_the_log_has_ids_of_events_and_nothing_of_wallets(self, world, caplog):
        caplog.set_level("INFO")
        await send(world.http, BODY)
        (line,) = [record.message for record in caplog.records if record.name == "attache.events"]
        assert "id=evt_1" in line
        assert "wallets=1" in line
        assert "cus_" not in line

    async def test_neither_the_payload_nor_a_signature_is_in_the_output(self, world, caplog):
        caplog.set_level("DEBUG")
        marked = {"id": "pm_MARKED", "customer": "cus_MARKED", "billing_details": {"email": "MARKED@shop.test"}}
        bodies = [
            encode(event(object=marked, previous={"customer": "cus_MARKED"})),
            encode(event("payment_method.MARKED", id="evt_2", object=marked, livemode=True)),
            encode({"object": "event", "id": "MARKED MARKED", "type": "MARKED"}),
            b"MARKED",
        ]
        responses = [await send(world.http, body) for body in bodies]
        responses.append(await send(world.http, bodies[0], f"t=1,v1=MARKED{SECRET}"))
        assert [response.status_code for response in responses] == [200, 200, 200, 400, 400]
        everything = caplog.text + "".join(response.text for response in responses)
        assert world.log
        signatures = [header(body).partition("v1=")[2] for body in bodies]
        for secret in ("pm_MARKED", "cus_MARKED", "MARKED@", "MARKED MARKED", SECRET, *signatures):
            assert secret not in everything
        assert "MARKED@" not in (await world.http.get("/metrics")).text


@pytest.mark.process
def test_a_server_rejects_an_unsigned_request_before_its_body(tmp_path):
    with (
        running("server.py", folder=tmp_path) as server,
        socket.create_connection(("127.0.0.1", int(server.port))) as to,
    ):
        to.sendall(b"POST /webhooks/stripe HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n")
        to.settimeout(5)
        assert to.recv(4096).startswith(b"HTTP/1.1 400 ")


class TestWithoutEvents:
    @pytest.mark.parametrize("events", [None, "none", "poll"])
    async def test_there_is_no_endpoint(self, stripe, events):
        settings = Settings(stripe_secret_key=SecretStr("sk_test_1"), allow_anonymous=True, events=events)
        async with Api(settings, stripe) as api:
            assert (await send(api.http, BODY)).status_code == 404


class TestTheEmbeddedSandbox:
    """The service's own sandbox is the upstream: there is no transport."""

    @pytest.fixture
    async def world(self, monkeypatch):
        world = World(monkeypatch, Settings())
        async with world.api, asyncio.timeout(10), asgi.running(world.api.app):
            yield world

    async def settled(self, world):
        await world.api.service.sandbox.webhooks.wait_until_settled()
        return [(change.kind.value, change.wallet) for change in world.stream.changes]

    async def test_a_change_by_rest_arrives(self, world):
        response = await world.http.post(
            "/v1/payment_methods/pm_card_visa/attach",
            data={"customer": JENNY},
            headers={"authorization": "Bearer sk_test_x"},
        )
        assert response.status_code == 200
        assert await self.settled(world) == [("PAYMENT_METHOD_ATTACHED", JENNY)]
        assert ("evict", [JENNY]) in world.log
        assert world.stream.changes[0].payment_method == response.json()["id"]

    async def test_a_detach_names_the_previous_customer(self, world):
        headers = {"authorization": "Bearer sk_test_x"}
        await world.http.post(f"/v1/payment_methods/{JENNYS_CARD}/detach", headers=headers)
        assert await self.settled(world) == [("PAYMENT_METHOD_DETACHED", JENNY)]

    async def test_the_secret_is_not_public(self, world):
        assert (await send(world.http, BODY)).status_code == 400
        assert world.log == []


@pytest.mark.parametrize("flag", ["cache", "stream"])
async def test_a_failed_store_is_reported_to_stripe_and_redelivery_succeeds(world, flag):
    failing = getattr(world, flag)
    failing.is_unavailable = True
    assert (await send(world.http, BODY)).status_code == 503
    failing.is_unavailable = False
    assert (await send(world.http, BODY)).status_code == 200
    assert world.stream.changes
