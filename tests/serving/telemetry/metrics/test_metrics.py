"""The metrics of operations and calls, as Prometheus reads them."""

from __future__ import annotations

import asyncio
import math
import os
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from quality.harness.clients import Api, Recorder
from quality.harness.processes import ROOT, running
from quality.harness.tokens import bearer
from quality.harness.wallets import JENNYS_CARD
from sandbox import Fault
from serving.settings.settings import Settings
from serving.telemetry.metrics.definitions import METRICS
from serving.telemetry.metrics.metrics import Metrics
from serving.telemetry.metrics.operation_metrics import MAX_NAMES, MAX_NAMES_OF_CALLER
from stripe_api.failures.failure_reasons import Reason
from tests.support.promtool import promtool

CARD = "query Card($id: ID!) { paymentMethod(id: $id) { id } }"
RETRIEVE = "GET /v1/payment_methods/{payment_method}"
TOKEN = "a-token-for-prometheus"


def samples(text: str) -> dict[tuple[str, ...], float]:
    """All numbers by name and the values of the labels, these in the order of their names."""
    return {
        (sample.name, *(sample.labels[label] for label in sorted(sample.labels))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def read(api: Api, **headers: str) -> dict[tuple[str, ...], float]:
    answer = await api.http.get("/metrics", headers=headers)
    assert answer.status_code == 200
    return samples(answer.text)


async def ask(api: Api, query: str, *, headers: dict[str, str] | None = None, **variables: str) -> None:
    await api.http.post("/graphql", json={"query": query, "variables": variables}, headers=headers)


def answering(*answers: httpx.Response | Exception) -> Recorder:
    left = list(answers)

    async def answer(request):
        found = left.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    return Recorder(httpx.MockTransport(answer))


def failed(status: int) -> httpx.Response:
    return httpx.Response(status, json={"error": {"type": "api_error"}})


class TestOperations:
    async def test_by_name_kind_and_outcome_with_time_and_calls(self, api):
        await ask(api, CARD, id=JENNYS_CARD)
        await ask(api, CARD, id="pm_unknown")
        await ask(api, "{ viewer { kind } }")
        found = await read(api)
        assert found["attache_operations_total", "query", "Card", "ok"] == 2
        assert found["attache_operations_total", "query", "none", "ok"] == 1
        assert found["attache_operation_duration_seconds_count", "query", "Card"] == 2
        assert found["attache_operation_stripe_calls_sum", "query", "Card"] == 2
        assert found["attache_operations_in_flight",] == 0

    async def test_those_that_run_hold_a_place(self, sandbox):
        sandbox.faults.add(Fault("delay", delay=0.3))
        async with Api(Settings(), Recorder.over(sandbox)) as api:
            asking = asyncio.create_task(ask(api, CARD, id=JENNYS_CARD))
            await asyncio.sleep(0.1)
            assert (await read(api))["attache_operations_in_flight",] == 1
            await asking
            assert (await read(api))["attache_operations_in_flight",] == 0

    async def test_errors_by_code(self):
        async with Api(Settings(), answering(failed(403))) as api:
            await ask(api, CARD, id="pm_1")
            found = await read(api)
        assert found["attache_operations_total", "query", "Card", "error"] == 1
        assert found["attache_operation_errors_total", "INTERNAL"] == 1

    async def test_limits_of_a_caller_that_an_operation_meets_are_counted(self, stripe):
        async with Api(Settings(rate_limit_calls="1/minute"), stripe) as api:
            for _ in range(3):
                await ask(api, CARD, id="pm_1")
            found = await read(api)
        assert found["attache_caller_limit_errors_total", "rate_limit_calls"] == 2
        assert found["attache_caller_limit_errors_total", "rate_limit_cards"] == 0

    async def test_refusals_by_the_limit_that_was_met(self, stripe):
        async with Api(Settings(rate_limit_caller="1/minute", max_depth=1), stripe) as api:
            await ask(api, "query Deep { viewer { kind } }")
            await ask(api, CARD)
            found = await read(api)
        assert found["attache_refusals_total", "max_depth"] == 1
        assert found["attache_refusals_total", "rate_limit_caller"] == 1
        assert found["attache_operations_total", "none", "none", "refused"] == 2
        assert not [key for key in found if key[0] == "attache_operation_duration_seconds_count"]

    async def test_names_are_bounded(self, stripe):
        settings = Settings(sandbox=True, auth_secret=SecretStr("s" * 40))
        service = bearer(settings, service=True)
        async with Api(settings, stripe) as api:
            for number in [*range(MAX_NAMES + 5), 1]:
                await ask(api, f"query Made{number} {{ viewer {{ kind }} }}", headers=service)
            await ask(api, "query Refused { nothing }", headers=service)
            counted = names(await read(api))
        assert len(counted) == MAX_NAMES + 2
        assert (counted["other"], counted["Made1"], counted["none"]) == (5, 2, 1)

    async def test_names_that_one_caller_makes_up_leave_room_for_those_of_others(self, stripe):
        settings = Settings(sandbox=True, auth_secret=SecretStr("s" * 40))
        attacker, customer = (bearer(settings, customer=f"cus_{n}", subject=f"{n}") for n in range(2))
        async with Api(settings, stripe) as api:
            for number in range(2 * MAX_NAMES):
                await ask(api, f"query Made{number} {{ viewer {{ kind }} }}", headers=attacker)
            await ask(api, "query Real { viewer { kind } }", headers=customer)
            await ask(api, "query Real { viewer { kind } }", headers=attacker)
            counted = names(await read(api))
        assert len(counted) == MAX_NAMES_OF_CALLER + 2
        assert (counted["other"], counted["Real"]) == (2 * MAX_NAMES - MAX_NAMES_OF_CALLER, 2)


def names(found):
    counted: dict[str, float] = {}
    for key, value in found.items():
        if key[0] == "attache_operations_total":
            counted[key[2]] = counted.get(key[2], 0) + value
    return counted


class TestCalls:
    async def test_by_endpoint_and_status(self, quick):
        answers = [
            failed(500),
            failed(404),
            failed(429),
            failed(401),
            httpx.ReadError("gone"),
            failed(503),
            failed(500),
        ]
        async with Api(Settings(), answering(*answers)) as api:
            for _ in range(4):
                await ask(api, CARD, id="pm_1")
            found = await read(api)
        counted = {
            key[2]: value for key, value in found.items() if key[0] == "attache_stripe_call_duration_seconds_count"
        }
        assert counted == {"4xx": 1, "429": 1, "401": 1, "5xx": 1}
        assert found["attache_stripe_retries_total", RETRIEVE, "server_error"] == 3
        assert found["attache_stripe_rate_limited_total", RETRIEVE] == 1

    async def test_no_answer_is_no_status(self, quick):
        async with Api(Settings(), answering(*[httpx.ReadError("gone")] * 3)) as api:
            await ask(api, CARD, id="pm_1")
            found = await read(api)
        assert found["attache_stripe_call_duration_seconds_count", RETRIEVE, "none"] == 1
        assert found["attache_stripe_call_failures_total", "stripe", "connection_reset"] == 1

    async def test_a_success_that_is_not_stripe_s_is_no_2xx(self):
        async with Api(Settings(), answering(httpx.Response(200, text="<html>"))) as api:
            await ask(api, CARD, id="pm_1")
            found = await read(api)
        assert found["attache_stripe_call_duration_seconds_count", RETRIEVE, "none"] == 1
        assert found["attache_stripe_call_failures_total", "stripe", "not_json"] == 1
        assert found["attache_operation_failures_total", "not_json"] == 1

    async def test_those_that_were_not_sent_are_failures_alone(self, stripe):
        async with Api(Settings(rate_limit_calls="1/minute"), stripe) as api:
            for _ in range(3):
                await ask(api, CARD, id="pm_1")
            found = await read(api)
        assert found["attache_stripe_call_duration_seconds_count", RETRIEVE, "4xx"] == 1
        assert found["attache_stripe_call_failures_total", "caller", "rate_limit_calls"] == 2
        assert found["attache_operation_stripe_calls_sum", "query", "Card"] == 1

    async def test_all_reasons_are_counted_from_zero(self, api):
        counted = [value for key, value in (await read(api)).items() if key[0] == "attache_stripe_call_failures_total"]
        assert counted == [0] * len(Reason)


class TestWhatOthersCount:
    def test_plans(self):
        class Counts:
            hits, misses, compilations, fallbacks, errors = 5, 2, 1, 0, 3

        metrics = Metrics()
        metrics.collect_plan_counts(Counts)
        metrics.refresh()
        Counts.hits = 7
        metrics.refresh()
        found = samples(metrics.expose("")[0].decode())
        names = ("hits", "misses", "compilations", "fallbacks", "errors")
        assert [found[f"attache_plan_{name}_total",] for name in names] == [7, 2, 1, 0, 3]

    async def test_the_breaker(self, quick):
        failing = Settings(stripe_breaker_failures=2)
        async with Api(failing, answering(*[failed(500)] * 3)) as api:
            assert (await read(api))["attache_stripe_breaker_open",] == 0
            for _ in range(2):
                await ask(api, CARD, id="pm_1")
            found = await read(api)
        assert found["attache_stripe_breaker_open",] == 1
        assert found["attache_stripe_breaker_openings_total",] == 1
        assert found["attache_stripe_breaker_refusals_total",] >= 1

    async def test_the_current_limit_of_calls(self, api, stripe):
        assert (await read(api))["attache_stripe_calls_per_second",] == math.inf
        async with Api(Settings(stripe_calls_per_second=40), stripe) as limited:
            await ask(limited, CARD, id=JENNYS_CARD)
            found = await read(limited)
        assert found["attache_stripe_calls_per_second",] == 40
        assert found["attache_stripe_calls_waiting",] == found["attache_stripe_calls_shed_total",] == 0

    async def test_requests_rejected_at_the_concurrency_limit(self, sandbox):
        recorder = Recorder.over(sandbox)
        async with Api(Settings(max_operations=1), recorder) as api:
            await asyncio.gather(*(ask(api, CARD, id=JENNYS_CARD) for _ in range(4)))
            assert (await read(api))["attache_overload_refusals_total",] == 3

    async def test_what_runs(self, api):
        build = [key for key in await read(api) if key[0] == "attache_build_info"]
        assert [key[3] for key in build] == ["0.1.0"]
        assert 'version = "0.1.0"' in (ROOT / "pyproject.toml").read_text()

    async def test_the_shared_store(self, api, stripe):
        assert ("attache_shared_store_up",) not in await read(api)
        async with Api(Settings(sandbox=True, redis_url=SecretStr("redis://127.0.0.1:1")), stripe) as lonely:
            await ask(lonely, "{ viewer { kind } }")
            hash = {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}
            await lonely.http.post("/graphql", json={"extensions": hash})
            assert (await read(lonely))["attache_shared_store_up",] == 0

    async def test_the_process(self, api):
        found = await read(api)
        assert found["process_resident_memory_bytes",] > 1e6
        assert found["process_max_fds",] >= found["process_open_fds",] > 0


class TestReading:
    async def test_all_that_is_declared_is_there_and_nothing_else(self, stripe):
        settings = Settings(sandbox=True, redis_url=SecretStr("redis://127.0.0.1:1"), read_cache_seconds=5)
        async with Api(settings, stripe) as api:
            await ask(api, CARD, id=JENNYS_CARD)
            text = (await api.http.get("/metrics")).text
        families = {family.name: family.type for family in text_string_to_metric_families(text)}
        assert families == {declared.name: declared.kind.__name__.lower() for declared in METRICS}

    async def test_promtool_finds_no_problem(self, quick, sandbox):
        async with Api(Settings(), Recorder.over(sandbox)) as api:
            await ask(api, CARD, id=JENNYS_CARD)
            await ask(api, "{ nothing }")
            text = (await api.http.get("/metrics")).text
        assert promtool("check", "metrics", text=text) == ""

    async def test_openmetrics_if_requested(self, api):
        answer = await api.http.get("/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})
        assert answer.headers["content-type"].startswith("application/openmetrics-text")
        assert answer.text.endswith("# EOF\n")

    @pytest.mark.parametrize(
        ("headers", "status"),
        [
            ({}, 401),
            ({"Authorization": "Bearer another"}, 401),
            ({"Authorization": f"Basic {TOKEN}"}, 401),
            ({"Authorization": b"Bearer \xe9"}, 401),
            ({"Authorization": f"Bearer {TOKEN}"}, 200),
        ],
    )
    async def test_a_token_keeps_others_out(self, stripe, headers, status):
        async with Api(Settings(metrics_token=SecretStr(TOKEN)), stripe) as api:
            answer = await api.http.get("/metrics", headers=headers)
        assert answer.status_code == status
        assert ("www-authenticate" in answer.headers) is (status == 401)
        assert ("attache_" in answer.text) is (status == 200)

    @pytest.mark.parametrize(
        ("given", "status"),
        [({}, 404), ({"metrics_token": SecretStr(TOKEN)}, 401), ({"metrics_without_token": True}, 200)],
    )
    async def test_with_a_live_key_they_are_open_only_when_it_is_said(self, stripe, given, status):
        live = Settings(stripe_secret_key=SecretStr("rk_live_x"), auth_secret=SecretStr("s" * 32), **given)
        async with Api(live, stripe) as api:
            assert (await api.http.get("/metrics")).status_code == status

    async def test_they_can_only_be_read(self, api):
        answer = await api.http.post("/metrics")
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


def test_several_processes_export_the_sum(tmp_path):
    with (
        running("-m", "sandbox", folder=tmp_path, ready="/v1/customers") as sandbox,
        running(
            "server.py", "--workers", "2",
            folder=tmp_path, STRIPE_SECRET_KEY="sk_test_any", STRIPE_API_BASE=sandbox.base, ALLOW_ANONYMOUS="true",
            DRAIN_SECONDS="0",
        ) as service,
    ):  # fmt: skip
        for _ in range(40):
            httpx.post(f"{service.base}/graphql", json={"query": CARD, "variables": {"id": JENNYS_CARD}})
        pids = _workers(service.process.pid)
        found = [samples(httpx.get(f"{service.base}/metrics").text) for _ in range(8)]
        assert {one["attache_operations_total", "query", "Card", "ok"] for one in found} == {40}
        assert {one["attache_operation_stripe_calls_sum", "query", "Card"] for one in found} == {40}
        assert all(one["process_resident_memory_bytes",] > 2 * 10e6 for one in found)
        os.kill(pids[0], 9)
        after = samples(httpx.get(f"{service.base}/metrics").text)
        assert after["attache_operations_total", "query", "Card", "ok"] == 40
        service.stop()


def _workers(parent: int) -> list[int]:
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [int(pid) for pid in children if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]
