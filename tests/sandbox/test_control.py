"""The control routes under /_sandbox."""

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from tests.sandbox.driver import http_client

PUBLISHED = "/v1/payment_methods/pm_1MqLiJLkdIwHu7ixUEgbFdYF"


async def test_overview(http):
    assert (await http.head("/_sandbox")).status_code == 200
    body = (await http.get("/_sandbox")).json()
    assert body["customers"] == 6
    assert body["faults"] == 0


async def test_faults_come_and_go(http):
    added = await http.post("/_sandbox/faults", json={"kind": "error_before", "path": "/detach$", "times": 2})
    assert added.status_code == 201
    waiting = (await http.get("/_sandbox/faults")).json()
    assert waiting["faults"] == [added.json()]
    assert "rate_limit" in waiting["kinds"]
    assert (await http.post(f"{PUBLISHED}/detach")).status_code == 500
    assert (await http.delete("/_sandbox/faults")).json() == {"faults": []}
    assert (await http.post(f"{PUBLISHED}/detach")).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b'{"kind": "' + b"x" * 300_000,
        b"[" * 100_000,
        b"",
        b"{",
        b"[]",
        b'"delay"',
        b"{}",
        b'{"kind": "x"}',
        b'{"kind": "delay", "id": 1}',
        b'{"kind": "delay", "path": 1}',
    ],
    ids=lambda body: repr(body[:24]),
)
async def test_fault_that_makes_no_sense(http, body):
    response = await http.post("/_sandbox/faults", content=body)
    assert response.status_code in (400, 413)
    assert response.json()["error"]["message"]


async def test_ledger(http):
    await http.post(f"{PUBLISHED}/detach", headers={"idempotency-key": "k1"})
    await http.post("/v1/customers")
    entries = (await http.get("/_sandbox/ledger")).json()["entries"]
    assert [entry["operation"] for entry in entries] == ["payment_method.detached", "customer.created"]
    assert entries[0]["idempotency_key"] == "k1"
    assert entries[0]["customer"] == "cus_NbZ8Ki3f322LNn"
    later = (await http.get(f"/_sandbox/ledger?after={entries[0]['seq']}")).json()["entries"]
    assert later == entries[1:]
    assert (await http.get("/_sandbox/ledger?after=x")).status_code == 400


@pytest.mark.parametrize("seed", [True, False])
async def test_reset(http, sandbox, seed):
    await http.post(f"{PUBLISHED}/detach", headers={"idempotency-key": "k1"})
    await http.post("/_sandbox/faults", json={"kind": "delay"})
    await http.post("/_sandbox/reset", json={"seed": seed})
    assert sandbox.ledger.entries() == []
    assert sandbox.faults.waiting() == []
    again = await http.post(f"{PUBLISHED}/detach", headers={"idempotency-key": "k1"})
    assert again.status_code == (200 if seed else 404)
    assert "idempotent-replayed" not in again.headers


async def test_reset_sets_the_clock_right(http, sandbox):
    before = sandbox.store.now()
    await http.post("/_sandbox/advance", json={"seconds": 90})
    await http.post("/_sandbox/settings", json={"refuse_failed_checks": True})
    await http.post("/_sandbox/reset")
    assert (sandbox.store.now(), sandbox.store.refuse_failed_checks) == (before, False)


async def test_reset_without_a_body(http, sandbox):
    assert (await http.post("/_sandbox/reset")).status_code == 200
    assert len(sandbox.store.customers) == 6


async def test_advance(http, clock):
    before = (await http.get("/_sandbox")).json()["time"]
    assert (await http.post("/_sandbox/advance", json={"seconds": 90})).json() == {"time": before + 90}
    assert (await http.post("/v1/customers")).json()["created"] == before + 90


@pytest.mark.parametrize("seconds", [-1, "10", None, True, 1e12])
async def test_advance_by_nonsense(http, seconds):
    assert (await http.post("/_sandbox/advance", json={"seconds": seconds})).status_code == 400


async def test_settings(http, sandbox):
    assert (await http.post("/_sandbox/settings", json={"refuse_failed_checks": True})).status_code == 200
    assert sandbox.store.refuse_failed_checks


async def test_both_halves_work_when_mounted(sandbox):
    app = Starlette(routes=[Mount("/v1", app=sandbox), Mount("/_sandbox", app=sandbox)])
    async with http_client(app) as http:
        assert (await http.get("/_sandbox/ledger")).json() == {"entries": []}
        assert (await http.get(PUBLISHED)).json()["customer"] == "cus_NbZ8Ki3f322LNn"


@pytest.mark.parametrize(("method", "path"), [("GET", "/_sandbox/nonesuch"), ("PUT", "/_sandbox/faults")])
async def test_other_routes(http, method, path):
    response = await http.request(method, path)
    assert response.status_code in (404, 405)
    assert "error" in response.json()


@pytest.mark.parametrize("origin", ["http://evil.example", "null"])
async def test_page_of_another_site_is_refused(http, sandbox, origin):
    response = await http.post("/_sandbox/reset", headers={"origin": origin})
    assert response.status_code == 403
    assert (await http.post("/_sandbox/reset", headers={"origin": "http://stripe.test"})).status_code == 200
