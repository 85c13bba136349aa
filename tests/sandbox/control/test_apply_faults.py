"""Faults, in the same process."""

import asyncio
import json

import pytest

from sandbox import Fault

PUBLISHED = "/v1/payment_methods/pm_1MqLiJLkdIwHu7ixUEgbFdYF"
DONE = ["payment_method.detached"]


async def detach(http, key: str = "k1"):
    return await http.post(f"{PUBLISHED}/detach", headers={"idempotency-key": key})


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "truncate"])
async def test_dropped_connection(http, sandbox, kind):
    sandbox.faults.add(Fault(kind))
    with pytest.raises(ConnectionResetError):
        await detach(http)
    assert sandbox.ledger.operations() == ([] if kind == "drop_before" else DONE)
    assert (await detach(http)).status_code == 200
    assert sandbox.ledger.operations() == DONE


@pytest.mark.parametrize(
    ("kind", "status", "code", "headers"),
    [
        ("rate_limit", 429, "rate_limit", {"stripe-rate-limited-reason": "global-rate"}),
        ("lock_timeout", 429, "lock_timeout", {"stripe-should-retry": "true"}),
        ("conflict", 409, "idempotency_key_in_use", {}),
        ("permission", 403, None, {}),
        ("error_before", 500, None, {}),
        ("unavailable", 503, None, {}),
    ],
)
async def test_error_before_the_request_is_executed(http, sandbox, kind, status, code, headers):
    sandbox.faults.add(Fault(kind))
    response = await detach(http)
    assert response.status_code == status
    assert response.json()["error"].get("code") == code
    assert response.headers.items() >= headers.items()
    assert response.headers["request-id"].startswith("req_")
    assert sandbox.ledger.operations() == []
    assert (await detach(http)).status_code == 200


async def test_lock_timeout_gives_no_rate_limit_reason(http, sandbox):
    sandbox.faults.add(Fault("lock_timeout"))
    assert "stripe-rate-limited-reason" not in (await detach(http)).headers


async def test_error_after_the_request_is_executed(http, sandbox):
    sandbox.faults.add(Fault("error_after"))
    assert (await detach(http)).status_code == 500
    assert sandbox.ledger.operations() == DONE
    again = await detach(http)
    assert (again.status_code, again.headers["idempotent-replayed"]) == (200, "true")


async def test_lost_response_and_deleted_key(http, sandbox):
    sandbox.faults.add(Fault("drop_after"))
    sandbox.faults.add(Fault("forget_idempotency"))
    with pytest.raises(ConnectionResetError):
        await detach(http)
    assert (await detach(http)).status_code == 400
    assert sandbox.ledger.operations() == DONE


@pytest.mark.parametrize("kind", ["not_json", "wrong_content_type", "no_content", "redirect", "huge"])
@pytest.mark.parametrize("work", [True, False])
async def test_unusable_response(http, sandbox, kind, work):
    sandbox.faults.add(Fault(kind, work=work, size=5000))
    response = await detach(http)
    assert sandbox.ledger.operations() == (DONE if work else [])
    expected = {"no_content": 204, "redirect": 302, "wrong_content_type": 200 if work else 500}
    assert response.status_code == expected.get(kind, 200)
    if kind == "not_json":
        with pytest.raises(json.JSONDecodeError):
            response.json()
    if kind == "wrong_content_type":
        assert response.headers["content-type"] == "text/html"
    if kind == "huge":
        assert len(response.content) > 5000


@pytest.mark.parametrize("late", [True, False])
async def test_delay(http, sandbox, late):
    sandbox.faults.add(Fault("delay", delay=0.05, late=late))
    call = asyncio.create_task(detach(http))
    await asyncio.sleep(0.02)
    assert sandbox.ledger.operations() == (DONE if late else [])
    assert (await call).status_code == 200
    assert sandbox.ledger.operations() == DONE


@pytest.mark.parametrize("work", [True, False])
async def test_stall(http, sandbox, work):
    sandbox.faults.add(Fault("stall", work=work))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(detach(http), 0.05)
    assert sandbox.ledger.operations() == (DONE if work else [])
    assert (await detach(http)).status_code == 200
    assert sandbox.ledger.operations() == DONE


class TestWhichRequests:
    async def test_limited_number_of_times(self, http, sandbox):
        sandbox.faults.add(Fault("error_before", times=2))
        statuses = [(await http.get(PUBLISHED)).status_code for _ in range(3)]
        assert statuses == [500, 500, 200]

    async def test_without_a_limit(self, http, sandbox):
        sandbox.faults.add(Fault("error_before", times=None))
        statuses = [(await http.get(PUBLISHED)).status_code for _ in range(3)]
        assert statuses == [500, 500, 500]
        sandbox.faults.clear()
        assert (await http.get(PUBLISHED)).status_code == 200

    async def test_by_method_and_path(self, http, sandbox):
        sandbox.faults.add(Fault("error_before", method="POST", path=r"/detach$"))
        assert (await http.get(PUBLISHED)).status_code == 200
        assert (await http.post(PUBLISHED)).status_code == 200
        assert (await detach(http)).status_code == 500

    async def test_in_the_order_in_which_they_were_added(self, http, sandbox):
        for kind in ("rate_limit", "unavailable", "error_before"):
            sandbox.faults.add(Fault(kind))
        assert [(await http.get(PUBLISHED)).status_code for _ in range(4)] == [429, 503, 500, 200]

    async def test_control_routes_get_no_faults(self, http, sandbox):
        sandbox.faults.add(Fault("error_before", times=None))
        assert (await http.get("/_sandbox")).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "nonesuch"},
        {"kind": "delay", "delay": -1},
        {"kind": "delay", "delay": float("nan")},
        {"kind": "delay", "times": 0},
        {"kind": "delay", "times": 1.5},
        {"kind": "delay", "path": "("},
        {"kind": "huge", "size": 10**12},
        {"kind": "rate_limit", "reason": "because"},
    ],
)
def test_invalid_fault(wrong):
    with pytest.raises(ValueError, match=r"must|should"):
        Fault(**wrong)
