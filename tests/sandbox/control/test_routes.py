"""The control routes under /_sandbox."""

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from sandbox import Fault, create_sandbox
from tests.sandbox.driver import http_client

PUBLISHED = "/v1/payment_methods/pm_1MqLiJLkdIwHu7ixUEgbFdYF"


async def test_overview(http):
    assert (await http.head("/_sandbox")).status_code == 200
    body = (await http.get("/_sandbox")).json()
    assert body["customers"] == 6
    assert body["faults"] == 0


async def test_faults_are_added_and_deleted(http):
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
async def test_invalid_fault(http, body):
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
    await http.post("/_sandbox/faults", json={"kind": "delay", "delay": 1})
    await http.post("/_sandbox/reset", json={"seed": seed})
    assert sandbox.ledger.entries() == []
    assert sandbox.faults.pending() == []
    again = await http.post(f"{PUBLISHED}/detach", headers={"idempotency-key": "k1"})
    assert again.status_code == (200 if seed else 404)
    assert "idempotent-replayed" not in again.headers


async def test_reset_resets_the_clock(http, sandbox):
    before = sandbox.store.now()
    await http.post("/_sandbox/advance", json={"seconds": 90})
    await http.post("/_sandbox/settings", json={"refuse_failed_checks": True})
    await http.post("/_sandbox/reset")
    assert (sandbox.store.now(), sandbox.store.settings.refuse_failed_checks) == (before, False)


async def test_reset_without_a_body(http, sandbox):
    assert (await http.post("/_sandbox/reset")).status_code == 200
    assert len(sandbox.store.customers) == 6


async def test_the_customers_as_they_are_now(http):
    await http.delete("/v1/customers/cus_NbZ8Ki3f322LNn")
    await http.post("/v1/customers", data={"name": "New"})
    customers = {one["id"]: one for one in (await http.get("/_sandbox/customers")).json()["customers"]}
    assert customers["cus_T4qv4Qn42jKZ9G"] == {
        "id": "cus_T4qv4Qn42jKZ9G",
        "name": "Amara Okafor",
        "email": "amara.okafor@example.com",
        "deleted": False,
    }
    assert customers["cus_NbZ8Ki3f322LNn"]["deleted"] is True
    assert "New" in [one["name"] for one in customers.values()]


async def test_the_test_cards_by_what_they_do(http):
    groups = {one["title"]: one["cards"] for one in (await http.get("/_sandbox/test_cards")).json()["groups"]}
    assert groups["Brands"][0] == {"token": "pm_card_visa", "card": "Visa credit •••• 4242, US", "effect": "saved"}
    assert {card["effect"].partition(":")[0] for card in groups["Declined"]} == {"declined"}


class TestTokens:
    async def test_a_sandbox_without_a_service_creates_none(self, http):
        response = await http.post("/_sandbox/tokens", json={"customer": "cus_T4qv4Qn42jKZ9G"})
        assert response.status_code == 404
        assert "creates no tokens" in response.json()["error"]["message"]

    @pytest.fixture
    async def serviced(self):
        async with http_client(create_sandbox(create_token=lambda customer: f"token of {customer}")) as http:
            yield http

    async def test_one_for_a_customer(self, serviced):
        response = await serviced.post("/_sandbox/tokens", json={"customer": "cus_T4qv4Qn42jKZ9G"})
        assert (response.status_code, response.json()) == (201, {"token": "token of cus_T4qv4Qn42jKZ9G"})
        assert response.headers["cache-control"] == "no-store"

    @pytest.mark.parametrize(
        "body", [{}, {"customer": None}, {"customer": "cus_x"}, {"customer": "cus_T4qv4Qn42jKZ9G", "service": True}]
    )
    async def test_none_for_others(self, serviced, body):
        response = await serviced.post("/_sandbox/tokens", json=body)
        assert response.status_code == 400
        assert "token of" not in response.text

    async def test_none_for_a_page_of_another_origin(self, serviced):
        body = {"customer": "cus_T4qv4Qn42jKZ9G"}
        for origin in ("http://evil.example", "null"):
            response = await serviced.post("/_sandbox/tokens", json=body, headers={"origin": origin})
            assert response.status_code == 403


async def test_advance(http, clock):
    before = (await http.get("/_sandbox")).json()["time"]
    assert (await http.post("/_sandbox/advance", json={"seconds": 90})).json() == {"time": before + 90}
    assert (await http.post("/v1/customers")).json()["created"] == before + 90


@pytest.mark.parametrize("seconds", [-1, "10", None, True, 1e12])
async def test_advance_by_an_invalid_value(http, seconds):
    assert (await http.post("/_sandbox/advance", json={"seconds": seconds})).status_code == 400


async def test_settings(http, sandbox):
    assert (await http.post("/_sandbox/settings", json={"refuse_failed_checks": True})).status_code == 200
    assert sandbox.store.settings.refuse_failed_checks


async def test_endpoints_and_control_routes_work_when_mounted(sandbox):
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


class TestSettings:
    @pytest.mark.parametrize(
        "body",
        [
            {"refuse_failed_check": True},
            {"refuse_failed_checks": False, "unknown": 1},
            {"refuse_failed_checks": "false"},
            {"refuse_failed_checks": None},
            {"refuse_failed_checks": 0},
            {"refuse_failed_checks": False, "retry_pauses": [-1]},
            {"refuse_failed_checks": False, "retry_pauses": ["1"]},
            {"refuse_failed_checks": False, "retry_pauses": [1] * 21},
        ],
    )
    async def test_unknown_or_invalid_members_change_nothing(self, http, sandbox, body):
        await http.post("/_sandbox/settings", json={"refuse_failed_checks": True})
        response = await http.post("/_sandbox/settings", json=body)
        assert response.status_code == 400
        assert ("retry_pauses" if "retry_pauses" in body else "refuse_failed_checks") in response.json()["error"][
            "message"
        ]
        assert sandbox.store.settings.refuse_failed_checks is True

    async def test_omitted_settings_keep_their_value(self, http):
        await http.post("/_sandbox/settings", json={"refuse_failed_checks": True})
        assert (await http.post("/_sandbox/settings", json={})).json()["refuse_failed_checks"] is True


@pytest.mark.parametrize("body", [{"seeds": False}, {"seed": "no"}, {"seed": None}])
async def test_invalid_reset_changes_nothing(http, sandbox, body):
    await http.post(f"{PUBLISHED}/detach")
    assert (await http.post("/_sandbox/reset", json=body)).status_code == 400
    assert sandbox.ledger.operations() == ["payment_method.detached"]


async def test_advance_with_an_unknown_member(http, sandbox):
    before = sandbox.store.now()
    assert (await http.post("/_sandbox/advance", json={"seconds": 5, "minutes": 1})).status_code == 400
    assert sandbox.store.now() == before


@pytest.mark.parametrize(
    ("fault", "named"),
    [
        ({"kind": "error_before", "reason": "global-rate"}, "reason"),
        ({"kind": "delay", "size": 5}, "size"),
        ({"kind": "drop_after", "stored": True}, "stored"),
        ({"kind": "stall", "stored": True}, "stored"),
        ({"kind": "truncate", "stored": True}, "stored"),
        ({"kind": "delay", "delay": 1, "stored": True}, "stored"),
        ({"kind": "error_before", "stored": True}, "stored"),
        ({"kind": "error_after", "work": False, "stored": True}, "stored"),
        ({"kind": "delay", "late": True}, "late"),
        ({"kind": "delay"}, "delay"),
        ({"kind": "delay", "delay": 0}, "delay"),
        *(({"kind": "forget_idempotency", name: value}, name) for name, value in
          {"delay": 1, "late": True, "work": True, "stored": True, "size": 1, "reason": "global-rate"}.items()),
        ({"kind": "delay", "method": "FETCH"}, "method"),
        ({"kind": "delay", "method": 1}, "method"),
        ({"kind": "delay", "times": True}, "times"),
        ({"kind": "delay", "times": 1.5}, "times"),
        ({"kind": "delay", "times": "\u0661"}, "times"),
        ({"kind": "delay", "delay": True}, "delay"),
        ({"kind": "delay", "delay": "1"}, "delay"),
        ({"kind": "delay", "late": "yes", "delay": 1}, "late"),
        ({"kind": "delay", "work": "no"}, "work"),
        ({"kind": "huge", "size": 1.5}, "size"),
        ({"kind": "huge", "sise": 1}, "sise"),
        ({"kind": ["delay"]}, "kind"),
    ],
)  # fmt: skip
async def test_fault_with_members_that_do_not_fit(http, sandbox, fault, named):
    response = await http.post("/_sandbox/faults", json=fault)
    assert response.status_code == 400
    assert named in response.json()["error"]["message"]
    assert sandbox.faults.pending() == []


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "rate_limit", "reason": "endpoint-rate", "delay": 0.1},
        {"kind": "huge", "size": 5, "work": True, "stored": True},
        {"kind": "delay", "delay": 0.1, "late": True, "work": False, "method": "post", "times": None},
        {"kind": "forget_idempotency", "method": "POST", "path": "/attach$", "times": 3},
        {"kind": "error_after", "stored": True},
    ],
)
async def test_fault_with_members_that_fit(http, fault):
    assert (await http.post("/_sandbox/faults", json=fault)).status_code == 201


@pytest.mark.parametrize("digits", ["\u0661\u0662", "\uff11", "\u0967"])
class TestOnlyAsciiDigitsAreDigits:
    async def test_in_the_ledger_position(self, http, digits):
        assert (await http.get("/_sandbox/ledger", params={"after": digits})).status_code == 400

    @pytest.mark.parametrize(
        ("url", "name"),
        [
            ("/v1/payment_methods?customer=cus_NbZ8Ki3f322LNn", "limit"),
            ("/v1/customers", "created"),
            ("/v1/customers", "created[gte]"),
        ],
    )
    async def test_in_a_query(self, http, url, name, digits):
        error = (await http.get(url, params={**httpx.URL(url).params, name: digits})).json()["error"]
        assert (error["code"], error["param"]) == ("parameter_invalid_integer", name)

    @pytest.mark.parametrize("name", ["card[exp_month]", "card[exp_year]"])
    async def test_in_a_form(self, http, name, digits):
        error = (await http.post(PUBLISHED, data={name: digits})).json()["error"]
        assert (error["code"], error["param"]) == ("parameter_invalid_integer", name)

    async def test_in_an_index(self, http, digits):
        error = (await http.post(PUBLISHED, data={f"expand[{digits}]": "customer"})).json()["error"]
        assert (error["message"], error["param"]) == ("Invalid array", "expand")

    async def test_in_a_version(self, http, digits):
        version = f"20{digits:0>2}-10-28".encode()
        response = await http.get(PUBLISHED, headers=[(b"stripe-version", version)])
        assert response.status_code == 400


async def test_the_limit_of_faults_is_an_error_that_says_so(http, sandbox):
    for _ in range(1000):
        sandbox.faults.add(Fault("error_before"))
    response = await http.post("/_sandbox/faults", json={"kind": "error_before"})
    assert response.status_code == 400
    assert response.json()["error"]["message"] == "at most 1000 faults can be pending."
