"""Idempotency-Key: replayed responses, and errors."""

import asyncio

import pytest

from sandbox import Fault

PUBLISHED = "/v1/payment_methods/pm_1MqLiJLkdIwHu7ixUEgbFdYF"
DAY = 24 * 60 * 60


async def test_first_response_echoes_the_key(api):
    reply = await api.post("/v1/customers", {"name": "Jenny"}, idempotency_key="k1")
    assert reply.headers["idempotency-key"] == "k1"
    assert reply.headers["original-request"] == reply.headers["request-id"]
    assert "idempotent-replayed" not in reply.headers


async def test_response_without_a_key_has_no_key_headers(api):
    reply = await api.post("/v1/customers")
    assert not {"idempotency-key", "original-request", "idempotent-replayed"} & set(reply.headers)


async def test_repeated_request_gets_the_first_response(api, sandbox):
    first = await api.post("/v1/customers", {"name": "Jenny"}, idempotency_key="k1")
    again = await api.post("/v1/customers", {"name": "Jenny"}, idempotency_key="k1")
    assert again.body == first.body
    assert again.headers["idempotent-replayed"] == "true"
    assert again.headers["original-request"] == first.headers["request-id"]
    assert again.headers["request-id"] != first.headers["request-id"]
    assert len(sandbox.ledger.entries()) == 1


async def test_lost_detach_can_be_repeated(api):
    first = await api.post(f"{PUBLISHED}/detach", idempotency_key="k1")
    assert (await api.post(f"{PUBLISHED}/detach", idempotency_key="k1")).body == first.body
    assert (await api.post(f"{PUBLISHED}/detach", idempotency_key="k2")).status == 400


async def test_order_and_spelling_of_parameters_do_not_matter(api):
    first = await api.post("/v1/customers", "name=Jenny&expand[]=sources&phone=1", idempotency_key="k1")
    again = await api.post("/v1/customers", "phone=1&expand[0]=sources&name=Jenny", idempotency_key="k1")
    assert again.body == first.body


@pytest.mark.parametrize(
    ("url", "params"), [("/v1/customers", {"name": "Other"}), ("/v1/customers/cus_NbZ8Ki3f322LNn", {"name": "Jenny"})]
)
async def test_other_request_with_the_same_key(api, sandbox, url, params):
    await api.post("/v1/customers", {"name": "Jenny"}, idempotency_key="k1")
    error = await api.refused(400, "POST", url, params, idempotency_key="k1")
    start = "Keys for idempotent requests can only be used with the same parameters they were first used with."
    assert error["type"] == "idempotency_error"
    assert error["message"].startswith(start)
    assert "'k1'" in error["message"]
    assert "code" not in error
    assert len(sandbox.ledger.entries()) == 1


async def test_same_key_while_the_first_is_running(api, sandbox):
    sandbox.faults.add(Fault("delay", method="POST", delay=0.05))
    first = asyncio.create_task(api.post(f"{PUBLISHED}/detach", idempotency_key="k1"))
    await asyncio.sleep(0.01)
    second = await api.post(f"{PUBLISHED}/detach", idempotency_key="k1")
    assert (second.status, second.error["code"]) == (409, "idempotency_key_in_use")
    assert (await first).status == 200
    assert (await api.post(f"{PUBLISHED}/detach", idempotency_key="k1")).body == (await first).body


class TestReplayedResponses:
    async def test_decline(self, api):
        url, params = "/v1/payment_methods/pm_card_visa_chargeDeclined/attach", {"customer": "cus_NbZ8Ki3f322LNn"}
        first = await api.post(url, params, idempotency_key="k1")
        again = await api.post(url, params, idempotency_key="k1")
        assert (first.status, again.status) == (402, 402)
        assert again.body == first.body
        assert again.headers["idempotent-replayed"] == "true"

    async def test_missing_object(self, api, sandbox):
        url = "/v1/payment_methods/pm_x/detach"
        first = await api.post(url, idempotency_key="k1")
        assert first.status == 404
        assert (await api.post(url, idempotency_key="k1")).headers["idempotent-replayed"] == "true"

    async def test_error_fault_after_the_request_is_executed(self, api, sandbox):
        sandbox.faults.add(Fault("error_after", stored=True))
        first = await api.post(f"{PUBLISHED}/detach", idempotency_key="k1")
        again = await api.post(f"{PUBLISHED}/detach", idempotency_key="k1")
        assert (first.status, again.status) == (500, 500)
        assert sandbox.ledger.operations() == ["payment_method.detached"]


class TestResponsesThatAreNotReplayed:
    @pytest.mark.parametrize(
        "params", ["foo=1", "name=%FF", "balance=much", "expand[]=foo", "metadata[k]=" + "v" * 501]
    )
    async def test_wrong_parameters(self, api, params):
        assert (await api.post("/v1/customers", params, idempotency_key="k1")).status == 400
        assert (await api.post("/v1/customers", {"name": "Jenny"}, idempotency_key="k1")).status == 200

    async def test_missing_customer(self, api):
        url = "/v1/payment_methods/pm_card_visa/attach"
        assert (await api.post(url, idempotency_key="k1")).status == 400
        params = {"customer": "cus_NbZ8Ki3f322LNn"}
        assert (await api.post(url, params, idempotency_key="k1")).status == 200

    async def test_missing_authentication(self, api):
        assert (await api.post("/v1/customers", authorization="", idempotency_key="k1")).status == 401
        assert "idempotent-replayed" not in (await api.post("/v1/customers", idempotency_key="k1")).headers

    @pytest.mark.parametrize("kind", ["rate_limit", "lock_timeout", "conflict", "error_before", "unavailable"])
    async def test_faults_before_the_endpoint(self, api, sandbox, kind):
        sandbox.faults.add(Fault(kind))
        assert (await api.post("/v1/customers", idempotency_key="k1")).status >= 409
        reply = await api.post("/v1/customers", idempotency_key="k1")
        assert reply.status == 200
        assert "idempotent-replayed" not in reply.headers

    async def test_get_and_delete(self, api, sandbox):
        url = "/v1/customers/cus_NbZ8Ki3f322LNn"
        assert (await api.get(url, idempotency_key="k1")).body["name"] == "Jenny Rosen"
        deleted = await api.delete(url, idempotency_key="k1")
        assert deleted.body["deleted"] is True
        assert "idempotency-key" not in deleted.headers
        assert (await api.delete(url, idempotency_key="k1")).status == 404


async def test_key_expires_after_a_day(api, clock):
    first = await api.post("/v1/customers", idempotency_key="k1")
    clock.now += DAY - 1
    assert (await api.post("/v1/customers", idempotency_key="k1")).body == first.body
    clock.now += 1
    again = await api.post("/v1/customers", {"name": "Jenny"}, idempotency_key="k1")
    assert again.body["id"] != first.body["id"]


async def test_longest_key(api):
    assert (await api.post("/v1/customers", idempotency_key="k" * 255)).status == 200
    error = await api.refused(400, "POST", "/v1/customers", idempotency_key="k" * 256)
    assert error["type"] == "invalid_request_error"


async def test_deleted_key_executes_the_request_again(api, sandbox):
    sandbox.faults.add(Fault("forget_idempotency", path="/customers"))
    first = await api.post("/v1/customers", idempotency_key="k1")
    again = await api.post("/v1/customers", idempotency_key="k1")
    assert first.body["id"] != again.body["id"]
    assert sandbox.faults.pending() == []


async def test_oldest_keys_are_deleted_first(clock):
    from sandbox.http.response import HttpResponse
    from sandbox.state.clock import Clock
    from sandbox.state.idempotency_keys import IdempotencyKeys

    keys = IdempotencyKeys(Clock(clock), limit=2)
    response = HttpResponse(200, b"{}")
    for key in ("a", "b", "c"):
        assert keys.claim(key, "same", "req_1") is None
        keys.store(key, response)
    assert keys.claim("c", "same", "req_2").body == response.body
    assert keys.claim("a", "same", "req_2") is None
