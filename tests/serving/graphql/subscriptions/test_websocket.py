"""The graphql-transport-ws protocol: messages, close codes, and the rules of all requests."""

import asyncio
import json

import pytest

from changes.change import ChangeKind
from quality.harness.tokens import bearer
from quality.harness.wallets import AMARA, JENNY, JENNYS_CARD
from tests.support.served import KINDS, OF, OWN, serving, until

VIEWER = "{ viewer { kind } }"
DETACH = f"""mutation {{
  detachPaymentMethod(input: {{paymentMethodId: "{JENNYS_CARD}"}}) {{ detachedPaymentMethodId }}
}}"""


@pytest.fixture
async def socket(served, jenny):
    async with served.socket(payload=jenny) as socket:
        yield socket


# --- Operations ------------------------------------------------------------------------------------------------------


async def test_a_subscription_sends_each_change(served, socket):
    await socket.subscribe(OWN)
    await until(lambda: served.service.subscriptions.limits.active == 1)
    for kind in (ChangeKind.PAYMENT_METHOD_UPDATED, ChangeKind.DEFAULT_CHANGED):
        await served.publish(JENNY, kind, JENNYS_CARD)
        change = (await socket.next())["data"]["walletChanged"]
        assert (change["kind"], change["paymentMethod"]["id"]) == (kind.value, JENNYS_CARD)


@pytest.mark.parametrize(
    ("query", "data"),
    [
        (VIEWER, {"viewer": {"kind": "CUSTOMER"}}),
        (DETACH, {"detachPaymentMethod": {"detachedPaymentMethodId": JENNYS_CARD}}),
    ],
)
async def test_a_query_or_mutation_is_one_result(socket, query, data):
    await socket.subscribe(query)
    assert await socket.next() == {"data": data}
    assert await socket.receive() == {"id": "1", "type": "complete"}


async def test_an_invalid_operation_is_an_error_and_no_complete(socket):
    await socket.subscribe("{ viewer { colour } }")
    message = await socket.receive()
    assert (message["id"], message["type"]) == ("1", "error")
    assert message["payload"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    await socket.subscribe(VIEWER, id="2")
    assert (await socket.receive())["id"] == "2"


async def test_a_completed_subscription_sends_nothing_more(served, socket):
    await socket.subscribe(OWN)
    await until(lambda: served.service.subscriptions.limits.active == 1)
    await socket.send(type="complete", id="1")
    await until(lambda: served.service.subscriptions.limits.active == 0)
    await served.publish(JENNY)
    await socket.subscribe(VIEWER, id="1")
    assert await socket.next() == {"data": {"viewer": {"kind": "CUSTOMER"}}}


async def test_operations_of_one_connection_are_independent(served, service):
    async with served.socket(payload=service) as socket:
        for id in (JENNY, AMARA):
            await socket.subscribe(OF, id=id, variables={"id": id})
        await until(lambda: served.service.subscriptions.limits.active == 2)
        await served.publish(AMARA)
        assert (await socket.next(AMARA))["data"]["walletChanged"]["customer"]["id"] == AMARA


async def test_a_connection_resumes_after_a_position(served, jenny):
    async with served.socket(payload=jenny) as socket:
        await socket.subscribe(KINDS)
        await until(lambda: served.service.subscriptions.limits.active == 1)
        await served.publish(JENNY)
        position = (await socket.next())["data"]["walletChanged"]["id"]
    await served.publish(JENNY, ChangeKind.DEFAULT_CHANGED)
    for payload, members in (
        ({**jenny, "after": position}, {}),
        ({**jenny, "after": "other"}, {"extensions": {"after": position}}),
    ):
        async with served.socket(payload=payload) as socket:
            await socket.subscribe(KINDS, **members)
            assert (await socket.next())["data"]["walletChanged"]["kind"] == "DEFAULT_CHANGED"


async def test_ownership_is_that_of_every_request(socket):
    await socket.subscribe(OF, variables={"id": AMARA})
    assert (await socket.receive())["payload"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_rate_limits_apply_to_each_operation(settings, stripe, jenny):
    async with (
        serving(settings.model_copy(update={"rate_limit_caller": "2/hour"}), stripe) as served,
        served.socket(payload=jenny) as socket,
    ):
        for id in ("1", "2"):
            await socket.subscribe(VIEWER, id=id)
            await socket.next(id)
            await socket.receive()
        await socket.subscribe(VIEWER, id="3")
        assert (await socket.receive())["payload"][0]["extensions"]["code"] == "RATE_LIMITED"


# --- The connection --------------------------------------------------------------------------------------------------


async def test_ping_is_answered_and_pong_ignored(served, jenny):
    async with served.socket(payload=jenny) as socket:
        await socket.send(type="pong")
        await socket.send(type="ping", payload={"a": 1})
        assert await socket.receive() == {"type": "pong", "payload": {"a": 1}}
        await socket.send(type="ping")
        assert await socket.receive() == {"type": "pong"}


async def test_the_token_may_be_in_the_handshake(served, jenny):
    async with served.socket(additional_headers=jenny) as socket:
        await socket.subscribe(VIEWER)
        assert (await socket.next())["data"]["viewer"]["kind"] == "CUSTOMER"


@pytest.mark.parametrize("payload", [{}, {"Authorization": "Bearer no"}])
async def test_a_connection_without_a_valid_token_is_forbidden(served, payload):
    async with served.socket(init=False) as socket:
        await socket.send(type="connection_init", payload=payload)
        assert (await socket.closed())[0] == 4403


@pytest.mark.parametrize(
    ("messages", "close"),
    [
        ([{"type": "subscribe", "id": "1", "payload": {"query": VIEWER}}], (4401, "Unauthorized")),
        ([{"type": "connection_init", "payload": "JENNY"}] * 2, (4429, "Too many initialisation requests")),
        ([{"type": "start"}], (4400, "The message has no type of the protocol.")),
        ([{"type": "connection_init", "payload": 5}], (4400, "Send the payload as a JSON object.")),
        ([{"type": "connection_init", "payload": {"after": 5}}], (4400, "Send Authorization and after as strings.")),
        ([[]], (4400, "The message has no type of the protocol.")),
        ([{"type": "subscribe"}], (4400, "Send the id of the operation as a string of 1 to 255 characters.")),
    ],
)
async def test_a_violation_of_the_protocol_closes_the_connection(served, jenny, messages, close):
    async with served.socket(init=False) as socket:
        for message in messages:
            await socket.connection.send(json.dumps(message).replace('"JENNY"', json.dumps(jenny)))
        assert await socket.closed() == close


@pytest.mark.parametrize("frame", ["{", '"text"', b"{}", "[" * 100_000])
async def test_a_frame_without_json_closes_the_connection(served, frame):
    async with served.socket(init=False) as socket:
        await socket.connection.send(frame)
        assert (await socket.closed())[0] == 4400


async def test_two_operations_with_one_id_close_the_connection(served, socket):
    await socket.subscribe(OWN)
    await until(lambda: served.service.subscriptions.limits.active == 1)
    await socket.subscribe(OWN)
    assert await socket.closed() == (4409, "Subscriber for 1 already exists")
    await until(lambda: served.service.subscriptions.limits.active == 0)


async def test_a_connection_without_init_is_closed(settings, stripe):
    async with (
        serving(settings.model_copy(update={"body_timeout": 0.2}), stripe) as served,
        served.socket(init=False) as socket,
    ):
        await socket.send(type="ping")
        assert await socket.receive() == {"type": "pong"}
        assert await socket.closed() == (4408, "Connection initialisation timeout")


async def test_a_connection_without_operations_is_closed(settings, stripe, jenny):
    async with (
        serving(settings.model_copy(update={"keep_alive_timeout": 0.3}), stripe) as served,
        served.socket(payload=jenny) as socket,
    ):
        await socket.subscribe(OWN)
        await asyncio.sleep(0.7)
        await served.publish(JENNY)
        await socket.next()
        await socket.send(type="complete", id="1")
        assert await socket.closed() == (1000, "No operation for too long")


async def test_another_subprotocol_is_not_acceptable(served):
    async with served.socket(init=False, subprotocols=["graphql-ws"]) as socket:
        assert await socket.closed() == (4406, "Subprotocol not acceptable")


async def test_a_message_above_the_size_of_a_body_closes_the_connection(settings, stripe):
    async with (
        serving(settings.model_copy(update={"max_body_bytes": 2000}), stripe) as served,
        served.socket(init=False) as socket,
    ):
        await socket.connection.send("x" * 3000)
        assert (await socket.closed())[0] == 1009


async def test_a_connection_ends_with_its_token(settings, stripe):
    settings = settings.model_copy(update={"auth_leeway": 0.0})
    async with serving(settings, stripe) as served:
        token = bearer(settings, customer=JENNY, lifetime=1.5)
        async with served.socket(payload=token) as socket:
            await socket.subscribe(OWN)
            (error,) = (await socket.next())["errors"]
            assert error["message"] == "The token has expired. Subscribe again with a new one."
            assert await socket.receive() == {"id": "1", "type": "complete"}
            assert await socket.closed() == (4403, "The token has expired")


async def test_a_process_that_stops_closes_connections_with_a_code_that_clients_retry(served, socket):
    await socket.subscribe(OWN)
    await until(lambda: served.service.subscriptions.limits.active == 1)
    served.service.subscriptions.waiters.interrupt_all()
    assert await socket.closed() == (1012, "The server stops. Connect again.")


async def test_a_client_that_disconnects_leaves_nothing(served, jenny):
    async with served.socket(payload=jenny) as socket:
        await socket.subscribe(OWN)
        await until(lambda: served.service.subscriptions.limits.active == 1)
    await until(lambda: served.service.subscriptions.limits.active == 0)
    assert not served.service.subscriptions.waiters._waiters
    assert not served.service.changes._fan_out._subscribers


async def test_a_mutation_is_completed_although_the_client_disconnects(served, jenny):
    async with served.socket(payload=jenny) as socket:
        await socket.subscribe(DETACH)
    await until(lambda: "POST /v1/payment_methods/:pm/detach" in served.stripe.calls)
