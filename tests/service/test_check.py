"""`server.py check`: what it says of settings that are right, wrong, or name what does not answer."""

from __future__ import annotations

import subprocess
import time
from typing import Any, ClassVar

import httpx
import pytest
from pydantic import SecretStr

from app import Service
from changes.events.endpoint_check import NEEDED
from diagnostics import connect
from quality.harness.processes import ended, running
from sandbox import Fault
from serving.settings.settings import Settings

NOWHERE = "http://127.0.0.1:1"


def check(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return ended("check", *arguments, **variables)


async def problems(stripe: httpx.AsyncBaseTransport, **settings: Any) -> dict[str, str | None]:
    service = Service(Settings(**settings), transport=stripe)
    return {finding.name: finding.problem for finding in await connect(service)}


def answering(status: int) -> httpx.MockTransport:
    async def answer(request):
        return httpx.Response(status, json={"error": {"type": "invalid_request_error", "message": "secret words"}})

    return httpx.MockTransport(answer)


def test_the_summary_explains_the_settings():
    done = check(STRIPE_SECRET_KEY="rk_live_secret", AUTH_ISSUER="https://login.example/", AUTH_AUDIENCE="wallet")
    assert (done.returncode, done.stderr) == (0, "")
    assert "https://api.stripe.com with a live key" in done.stdout
    assert "tokens signed by https://login.example/" in done.stdout
    assert "none, because the key is live and METRICS_TOKEN is unset" in done.stdout
    assert "after draining for 5 s, then at most 35 s" in done.stdout
    assert "secret" not in done.stdout


def test_what_is_set_wrongly_is_named_with_what_to_do():
    done = check(STRIPE_SECRET_KEY="rk_live_secret")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("attache: ")
    assert "set AUTH_ISSUER" in done.stderr


def test_all_that_is_named_answers(tmp_path):
    with running("-m", "sandbox", folder=tmp_path, ready="/v1/customers") as sandbox:
        stripe = {"STRIPE_SECRET_KEY": "sk_test_any", "STRIPE_API_BASE": sandbox.base, "ALLOW_ANONYMOUS": "true"}
        done = check("--connect", **stripe)
        assert done.stdout.splitlines()[-3:] == [
            "ok     Stripe: payment methods",
            "ok     Stripe: customers",
            "ok     Stripe: SetupIntents",
        ]
        assert (done.returncode, done.stderr) == (0, "")
        away = check("--connect", REDIS_URL="redis://127.0.0.1:1", OTEL_EXPORTER_OTLP_ENDPOINT=NOWHERE, **stripe)
        assert away.returncode == 1
        assert [line.split(":")[0] for line in away.stdout.splitlines()[-2:]] == [
            "wrong  REDIS_URL",
            "wrong  OTEL_EXPORTER_OTLP_ENDPOINT",
        ]


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (401, "rejects STRIPE_SECRET_KEY"),
        (403, "lacks the permission"),
        (400, "STRIPE_API_VERSION"),
        (500, "responds with 500"),
    ],
)
async def test_an_error_of_stripe_is_explained(quick, status, expected):
    found = await problems(answering(status))
    assert len(found) == 3
    assert all(expected in problem and "secret" not in problem for problem in found.values() if problem)
    assert None not in found.values()


async def test_no_answer_from_stripe(quick):
    async def drop(request):
        raise httpx.ConnectError("refused")

    found = await problems(httpx.MockTransport(drop))
    assert {problem.split(":")[0] for problem in found.values() if problem} == {
        "no response from STRIPE_API_BASE (connection_failed)"
    }


async def test_an_issuer_without_keys():
    found = await problems(answering(404), sandbox=True, auth_issuer=NOWHERE, auth_audience="wallet")
    reason = "nothing listens on that port, or a firewall rejects the connection"
    assert found["AUTH_ISSUER"] == f"no response from 127.0.0.1:1 (connection_refused): {reason}"


async def test_nothing_of_anyone_s_is_read(stripe):
    assert await problems(stripe, stripe_secret_key=SecretStr("sk_test_any"), allow_anonymous=True)
    assert all(request.method == "GET" and request.url.path.endswith("_attache_check") for request in stripe.requests)


class TestEvents:
    """The account has the given webhook endpoints."""

    WITH_EVENTS: ClassVar = {
        "stripe_secret_key": SecretStr("sk_test_any"),
        "allow_anonymous": True,
        "stripe_webhook_secret": SecretStr("whsec_1"),
    }

    @pytest.fixture
    async def created(self, sandbox, stripe):
        async def created(url="https://pay.example/webhooks/stripe", events=("*",), **params):
            data = {"url": url, **{f"enabled_events[{n}]": type for n, type in enumerate(events)}}
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app=sandbox), base_url="http://sandbox") as http:
                http.headers["authorization"] = "Bearer sk_test_any"
                made = (await http.post("/v1/webhook_endpoints", data=data)).json()
                if params:
                    await http.post(f"/v1/webhook_endpoints/{made['id']}", data=params)
            return made["id"]

        return created

    async def checked(self, stripe, **settings):
        service = Service(Settings(**{**self.WITH_EVENTS, **settings}), transport=stripe)
        return {result.name: str(result) for result in await connect(service)}

    async def test_an_endpoint_that_gets_all_needed_events(self, stripe, created):
        await created("https://other.example/hooks", ["charge.failed"])
        id = await created(events=NEEDED)
        found = await self.checked(stripe)
        assert found["Stripe: events"] == "ok     Stripe: events"
        assert found["Stripe: webhook endpoint"].startswith(f"ok     Stripe: webhook endpoint ({id}, API version ")

    async def test_no_endpoint(self, stripe, created):
        await created("https://pay.example/webhooks")
        assert "create one" in (await self.checked(stripe))["Stripe: webhook endpoint"]

    async def test_a_disabled_endpoint(self, stripe, created):
        id = await created(disabled="true")
        assert f"{id} is disabled: enable it" in (await self.checked(stripe))["Stripe: webhook endpoint"]

    async def test_an_endpoint_without_all_needed_events(self, stripe, created):
        await created(events=[type for type in NEEDED if type != "payment_method.detached"])
        problem = (await self.checked(stripe))["Stripe: webhook endpoint"]
        assert problem.endswith("lacks events: add payment_method.detached")

    async def test_one_right_endpoint_is_enough(self, stripe, created):
        await created(events=["customer.updated"])
        await created()
        await created(disabled="true")
        assert (await self.checked(stripe))["Stripe: webhook endpoint"].startswith("ok ")

    async def test_a_key_without_the_permissions(self, stripe, sandbox):
        sandbox.faults.add(Fault("permission", path="/v1/(events|webhook_endpoints)", times=None))
        found = await self.checked(stripe)
        assert "lacks the permission" in found["Stripe: events"]
        assert found["Stripe: webhook endpoint"].endswith("(not checked: the key may not read webhook endpoints)")

    async def test_polling_needs_no_endpoint(self, stripe):
        found = await self.checked(stripe, stripe_webhook_secret=None, events="poll")
        assert "Stripe: events" in found
        assert "Stripe: webhook endpoint" not in found

    async def test_no_event_is_read(self, stripe, sandbox, created):
        await created()
        await self.checked(stripe)
        (listed,) = [request for request in stripe.requests if request.url.path == "/v1/events"]
        assert int(listed.url.params["created[gte]"]) > time.time() + 3600

    @pytest.mark.parametrize("data", [None, 7, [7], [{"url": 7}], [{"url": "http://[/webhooks/stripe"}]])
    async def test_another_list_is_no_failure(self, data):
        async def answer(request):
            return httpx.Response(200, json={"object": "list", "data": data})

        assert "create one" in (await self.checked(httpx.MockTransport(answer)))["Stripe: webhook endpoint"]
