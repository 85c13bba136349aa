"""Rolling the signing secret of a webhook endpoint."""

import pytest
import stripe

from tests.sandbox.events.receiver import Receiver
from tests.sandbox.events.world import SECRET, world

ROUTE = "/_sandbox/webhook_secrets"


async def roll(w, **body) -> str:
    response = await w.http.post(ROUTE, json={"webhook_endpoint": "forward_to", **body})
    assert response.status_code == 200, response.text
    return response.json()["secret"]


async def signature(w, receiver) -> str:
    """The header of a new delivery."""
    await w.api.customer()
    await w.deliveries()
    return receiver.requests[-1].headers["stripe-signature"]


def verifies(receiver, secret) -> bool:
    """Whether Stripe's library accepts the last delivery with this secret."""
    request = receiver.requests[-1]
    try:
        stripe.Webhook.construct_event(request.body, request.headers["stripe-signature"], secret, tolerance=0)
    except stripe.SignatureVerificationError:
        return False
    return True


async def test_both_secrets_sign_until_the_old_one_expires(clock):
    async with world(receiver := Receiver(), clock) as w:
        new = await roll(w, expires_in=60)
        assert (await signature(w, receiver)).count("v1=") == 2
        assert [verifies(receiver, secret) for secret in (SECRET, new)] == [True, True]
        await w.http.post("/_sandbox/advance", json={"seconds": 60})
        assert (await signature(w, receiver)).count("v1=") == 1
        assert [verifies(receiver, secret) for secret in (SECRET, new)] == [False, True]


async def test_the_old_secret_expires_after_a_day_by_default(clock):
    async with world(receiver := Receiver(), clock) as w:
        await roll(w)
        await w.http.post("/_sandbox/advance", json={"seconds": 24 * 60 * 60 - 1})
        assert (await signature(w, receiver)).count("v1=") == 2
        await w.http.post("/_sandbox/advance", json={"seconds": 1})
        assert (await signature(w, receiver)).count("v1=") == 1


async def test_the_old_secret_can_expire_at_once(clock):
    async with world(receiver := Receiver(), clock) as w:
        await roll(w, expires_in=0)
        assert (await signature(w, receiver)).count("v1=") == 1
        assert not verifies(receiver, SECRET)


async def test_a_second_roll_ends_the_first(clock):
    async with world(receiver := Receiver(), clock) as w:
        second, third = await roll(w), await roll(w)
        await signature(w, receiver)
        assert [verifies(receiver, secret) for secret in (SECRET, second, third)] == [False, True, True]


async def test_an_endpoint_of_the_api_keeps_its_new_secret_to_itself(clock):
    async with world(receiver := Receiver(), clock, forward_to=None) as w:
        endpoint = await w.endpoint()
        new = await roll(w, webhook_endpoint=endpoint["id"], expires_in=60)
        await signature(w, receiver)
        assert [verifies(receiver, secret) for secret in (endpoint["secret"], new)] == [True, True]
        assert "secret" not in await w.api.done("GET", f"/v1/webhook_endpoints/{endpoint['id']}")


async def test_a_reset_restores_the_secret_of_forward_to(clock):
    async with world(receiver := Receiver(), clock) as w:
        new = await roll(w)
        await w.http.post("/_sandbox/reset")
        assert (await signature(w, receiver)).count("v1=") == 1
        assert [verifies(receiver, secret) for secret in (SECRET, new)] == [True, False]


async def test_an_unknown_endpoint_is_refused(clock):
    async with world(Receiver(), clock, forward_to=None) as w:
        for id in ("we_unknown", "forward_to"):
            assert (await w.http.post(ROUTE, json={"webhook_endpoint": id})).status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"webhook_endpoint": 1},
        {"webhook_endpoint": "forward_to", "expires_in": -1},
        {"webhook_endpoint": "forward_to", "expires_in": 86_401},
        {"webhook_endpoint": "forward_to", "expires_in": "60"},
        {"webhook_endpoint": "forward_to", "secret": "whsec_mine"},
    ],
)
async def test_an_invalid_roll_changes_nothing(clock, body):
    async with world(receiver := Receiver(), clock) as w:
        assert (await w.http.post(ROUTE, json=body)).status_code == 400
        assert (await signature(w, receiver)).count("v1=") == 1
        assert verifies(receiver, SECRET)
