"""Simulated outages: what the service counts in each of them makes its own alerts fire, and no other.

The metrics of the real service are read before and after each outage. Prometheus' own tool then evaluates the alerts,
as if each outage lasted for an hour.
"""

from __future__ import annotations

import asyncio
import errno
import math
import re
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import httpx
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from quality.harness.clients import Api, Recorder
from quality.harness.processes import ROOT
from quality.harness.wallets import AMARA, JENNYS_CARD
from sandbox import create_sandbox
from serving.settings.settings import Settings
from stripe_api.transport import PooledTransport
from tests.support.promtool import promtool

RULES = ROOT / "docker" / "prometheus" / "alerts.yml"
CARD = "query Card($id: ID!) { paymentMethod(id: $id) { id card { last4 } } }"
ATTACH = """
mutation Attach($input: AttachPaymentMethodInput!) { attachPaymentMethod(input: $input) { errors { code } } }
"""
REQUESTS = 20
ASKED = set(re.findall(r"\b(?:attache|process)_\w+", RULES.read_text()))

Answer = Callable[[httpx.Request], Coroutine[None, None, httpx.Response]]
Sample = tuple[str, tuple[tuple[str, str], ...]]


@dataclass
class Outage:
    """A fault, and the alerts that must fire. Without an `answer` the sandbox is healthy."""

    alerts: set[str]
    answer: Answer | httpx.AsyncBaseTransport | None = None
    settings: Settings | None = None
    query: str = CARD
    variables: Any = None
    at_once: bool = False

    @property
    def transport(self) -> Recorder:
        if self.answer is None:
            return Recorder.over(create_sandbox())
        if isinstance(self.answer, httpx.AsyncBaseTransport):
            return Recorder(self.answer)
        return Recorder(httpx.MockTransport(self.answer))


def status(number: int, **error: str) -> Answer:
    async def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(number, json={"error": {"type": "api_error", **error}})

    return answer


async def no_descriptors(request: httpx.Request) -> httpx.Response:
    raise OSError(errno.EMFILE, "Too many open files")


class Breaking(httpx.AsyncByteStream):
    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b'{"id": "pm_1", "object": '
        raise httpx.ReadError("reset")


async def breaking(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, stream=Breaking())


async def odd(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={"id": "pm_1", "object": "payment_method", "type": "card", "card": {"last4": 1}})


async def page(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, text="<html>")


STORE_DOWN = Settings(sandbox=True, redis_url=SecretStr("redis://127.0.0.1:1"))
REJECT = {"input": {"paymentMethodId": "pm_card_visa", "customerId": AMARA, "onDuplicate": "REJECT"}}
BREAKER = Settings(stripe_breaker_failures=10)
DOWN = {"AttacheFailing", "AttacheStripeFailing", "AttacheBreakerOpen"}
OUTAGES = {
    "none": Outage(set()),
    "Stripe answers 500": Outage(DOWN, status(500), BREAKER),
    "nothing listens": Outage(DOWN, PooledTransport("http://127.0.0.1:1", max_connections=10), BREAKER),
    "responses break after their head": Outage(DOWN, breaking, BREAKER),
    "a page instead of JSON": Outage({"AttacheFailing", "AttacheStripeFailing"}, page),
    "the key was revoked": Outage({"AttacheFailing", "AttacheKeyRefused"}, status(401)),
    "Stripe limits the rate": Outage({"AttacheFailing", "AttacheStripeRateLimited"}, status(429, code="rate_limit")),
    "calls are shed": Outage(
        {"AttacheFailing", "AttacheCallsWait"},
        settings=Settings(stripe_calls_per_second=1, stripe_max_waiting_calls=0),
        at_once=True,
    ),
    "too many operations": Outage({"AttacheCallersRefused"}, settings=Settings(max_operations=1), at_once=True),
    "a caller is over its limit of calls": Outage(
        {"AttacheCallersRefused"}, settings=Settings(rate_limit_calls="1/minute")
    ),
    "no descriptors": Outage({"AttacheFailing", "AttacheFilesExhausted"}, no_descriptors),
    "the store is down": Outage(
        {"AttacheFailing", "AttacheSharedStoreUnavailable"}, settings=STORE_DOWN, query=ATTACH, variables=REJECT
    ),
    "data that no plan can answer": Outage({"AttacheFailing", "AttacheInternalErrors", "AttachePlanFallbacks"}, odd),
    "unknown ids": Outage(set(), status(404)),
}


async def test_in_each_outage_its_alerts_fire_and_no_other(quick, tmp_path):
    cases = [await case(name, outage) for name, outage in OUTAGES.items()]
    (tmp_path / "outages.yml").write_text(HEAD.format(rules=RULES) + "".join(cases))
    assert promtool("test", "rules", str(tmp_path / "outages.yml")) == ""


async def case(name: str, outage: Outage) -> str:
    """The case for promtool, from what the service counts in the outage."""
    async with Api(outage.settings or Settings(), outage.transport) as api:
        await api.data("{ viewer { kind } }")
        before = await scraped(api)
        await suffer(api, outage)
        after = await scraped(api)
        await api.service.aclose()
    return as_case(name, before, after, outage.alerts)


async def suffer(api: Api, outage: Outage) -> None:
    body = {"query": outage.query, "variables": outage.variables or {"id": JENNYS_CARD}}
    if outage.at_once:
        await asyncio.gather(*(api.http.post("/graphql", json=body) for _ in range(REQUESTS)))
        return
    for _ in range(REQUESTS):
        await api.http.post("/graphql", json=body)


async def scraped(api: Api) -> dict[Sample, tuple[str, float]]:
    text = (await api.http.get("/metrics")).text
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): (family.type, sample.value)
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def as_case(name: str, before: dict[Sample, Any], after: dict[Sample, tuple[str, float]], alerts: set[str]) -> str:
    """Counters rise by the difference in each minute of an hour, gauges keep their values."""
    lines = ["  - {series: 'up{job=\"attache\", instance=\"a\"}', values: '1x60'}"]
    for (metric, labels), (type_, value) in after.items():
        rise = value - before.get((metric, labels), (type_, 0.0))[1]
        values = f"{value}x60" if type_ == "gauge" else f"0+{rise}x60"
        written = ", ".join(f'{label}="{text}"' for label, text in (*labels, ("job", "attache"), ("instance", "a")))
        if metric in ASKED and math.isfinite(value):
            lines.append(f"  - {{series: '{metric}{{{written}}}', values: '{values}'}}")
    expected = "".join(f"\n    - {{labels: '{{alertname=\"{name}\"}}', value: 1}}" for name in sorted(alerts))
    return CASE.format(name=name, series="\n".join(lines), samples=expected or " []")


HEAD = """
rule_files: [{rules}]
evaluation_interval: 1m
tests:"""
CASE = """
- name: {name}
  interval: 1m
  input_series:
{series}
  promql_expr_test:
  - expr: 'group by (alertname) (ALERTS{{alertstate="firing"}})'
    eval_time: 45m
    exp_samples:{samples}
"""
