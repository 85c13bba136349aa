"""Whether all servers give the same answer by as many REST calls, and refuse who proves nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from quality.benchmarks import bodies
from quality.benchmarks.operations import Operation
from quality.benchmarks.servers import Started, token
from quality.benchmarks.upstream import Upstream
from quality.benchmarks.workloads import Workload

ASKED = 3
"""Times that each server is asked: the service's compiled plans and Mercurius's JIT answer from the second on."""


class Disagreement(Exception):
    """Two servers answer differently, or one answers wrongly."""


def headers() -> dict[str, str]:
    """The headers of a request, with the caller's token. wrk accepts no compressed responses, so nothing else does."""
    return {
        "Content-Type": "application/json",
        "Accept-Encoding": "identity",
        "Authorization": f"Bearer {token()}",
    }


def agree(started: Sequence[Started], workload: Workload, upstream: Upstream) -> Mapping[str, bytes]:
    """The answer's bytes by server's name. Raises Disagreement when any two differ as JSON, the members' order too."""
    answers = {one.server.name: _answer(one, workload, upstream) for one in started}
    expected: tuple[str, str] | None = None
    for one in started:
        name = one.server.name
        if not one.server.speaks_graphql:
            _expect(name, json.loads(answers[name]), _upstreams_own(workload.operation))
            continue
        read = canonical(answers[name])
        expected = expected or (name, read)
        if read != expected[1]:
            raise Disagreement(f"{workload.key}: {name} answers\n{read[:2000]}\n{expected[0]} answers\n{expected[1]}")
    return answers


def canonical(answer: bytes) -> str:
    """The answer as one spelling of its JSON, the members in their order. Raises Disagreement when it has errors."""
    found = json.loads(answer)
    if found.get("data") is None or "errors" in found:
        raise Disagreement(f"an answer with errors: {answer[:2000].decode(errors='replace')}")
    return json.dumps(found["data"], ensure_ascii=False)


def _answer(one: Started, workload: Workload, upstream: Upstream) -> bytes:
    cached = one.server.is_service and workload.setting.read_cache is not None
    with httpx.Client(trust_env=False, timeout=60, headers=headers()) as client:
        if one.server.speaks_graphql:
            _expect_refusal(one, client, workload)
        if cached:
            _ask(one, client, workload)
        before = upstream.calls()
        answers = {_ask(one, client, workload) for _ in range(ASKED)}
        # The reading of the number is a call too.
        _expect(one.server.name, (upstream.calls() - before - 1) / ASKED, 0 if cached else workload.calls)
    if len(answers) > 1:
        raise Disagreement(f"{workload.key}: {one.server.name} does not always answer alike: {answers}")
    return answers.pop()


def _ask(one: Started, client: httpx.Client, workload: Workload) -> bytes:
    response = client.post(one.url, content=workload.sample())
    if response.status_code != 200:
        raise Disagreement(f"{workload.key}: {one.server.name} answers {response.status_code}: {response.text[:500]}")
    return response.content


def _expect_refusal(one: Started, client: httpx.Client, workload: Workload) -> None:
    for authorization in ("Bearer " + token()[:-6] + "AAAAAA", ""):
        response = client.post(one.url, content=workload.sample(), headers={"Authorization": authorization})
        if response.status_code == 200 and response.json().get("data") is not None:
            raise Disagreement(f"{one.server.name} answers a caller who proves nothing")


def _upstreams_own(operation: Operation) -> Any:
    """The upstream's bodies, which the bare proxy forwards."""
    if operation.name == "Attach":
        return bodies.attached()
    if operation.variables["id"] == bodies.OF_ALL_TYPES:
        return bodies.page_of_all_types()
    page = bodies.page(operation.variables["first"])
    return page if operation.name == "List" else [bodies.customer(expanded=True), page]


def _expect(name: str, found: Any, expected: Any) -> None:
    if found != expected:
        raise Disagreement(f"{name} answers {str(found)[:500]} in place of {str(expected)[:500]}")
