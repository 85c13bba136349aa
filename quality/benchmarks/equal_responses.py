"""Checks that all servers return equal responses with the same number of REST calls, and reject invalid tokens."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from quality.benchmarks import bodies
from quality.benchmarks.operations import Operation
from quality.benchmarks.servers import RunningServer, token
from quality.benchmarks.upstream import Upstream
from quality.benchmarks.workloads import Workload

REPETITIONS = 3
"""Requests to each server. Compiled plans and Mercurius's JIT handle the second and later ones."""


class ResponseMismatch(Exception):
    """Two servers return different responses, or a server returns a wrong one."""


def headers() -> dict[str, str]:
    """The headers of each request, with a token. wrk does not accept compressed responses, so no client here does."""
    return {
        "Content-Type": "application/json",
        "Accept-Encoding": "identity",
        "Authorization": f"Bearer {token()}",
    }


def check_responses(started: Sequence[RunningServer], workload: Workload, upstream: Upstream) -> Mapping[str, bytes]:
    """The response body by server name. Raises ResponseMismatch if the JSON or the order of its members differs."""
    responses = {one.server.name: _get_response(one, workload, upstream) for one in started}
    expected: tuple[str, str] | None = None
    for one in started:
        name = one.server.name
        if not one.server.is_graphql:
            _expect(name, json.loads(responses[name]), _upstream_bodies(workload.operation))
            continue
        read = normalized_data(responses[name])
        expected = expected or (name, read)
        if read != expected[1]:
            raise ResponseMismatch(
                f"{workload.key}: {name} returns\n{read[:2000]}\n{expected[0]} returns\n{expected[1]}"
            )
    return responses


def normalized_data(response: bytes) -> str:
    """The response's data as normalized JSON. Keeps the order of members. Raises ResponseMismatch for errors."""
    body = json.loads(response)
    if body.get("data") is None or "errors" in body:
        raise ResponseMismatch(f"a response with errors: {response[:2000].decode(errors='replace')}")
    return json.dumps(body["data"], ensure_ascii=False)


def _get_response(one: RunningServer, workload: Workload, upstream: Upstream) -> bytes:
    cached = one.server.is_service and workload.setting.read_cache is not None
    with httpx.Client(trust_env=False, timeout=60, headers=headers()) as client:
        if one.server.is_graphql:
            _expect_refusal(one, client, workload)
        if cached:
            _send_request(one, client, workload)
        before = upstream.calls()
        responses = {_send_request(one, client, workload) for _ in range(REPETITIONS)}
        # Reading the number is itself a call.
        _expect(one.server.name, (upstream.calls() - before - 1) / REPETITIONS, 0 if cached else workload.calls)
    if len(responses) > 1:
        raise ResponseMismatch(f"{workload.key}: {one.server.name} returns different responses: {responses}")
    return responses.pop()


def _send_request(one: RunningServer, client: httpx.Client, workload: Workload) -> bytes:
    response = client.post(one.url, content=workload.sample())
    if response.status_code != 200:
        raise ResponseMismatch(
            f"{workload.key}: {one.server.name} returned {response.status_code}: {response.text[:500]}"
        )
    return response.content


def _expect_refusal(one: RunningServer, client: httpx.Client, workload: Workload) -> None:
    for authorization in ("Bearer " + token()[:-6] + "AAAAAA", ""):
        response = client.post(one.url, content=workload.sample(), headers={"Authorization": authorization})
        if response.status_code == 200 and response.json().get("data") is not None:
            raise ResponseMismatch(f"{one.server.name} accepts a request without a valid token")


def _upstream_bodies(operation: Operation) -> Any:
    """The upstream's response bodies, which the bare proxy forwards."""
    if operation.name == "Attach":
        return bodies.attached()
    if operation.variables["id"] == bodies.CUSTOMER_WITH_ALL_TYPES:
        return bodies.page_of_all_types()
    page = bodies.page(operation.variables["first"])
    return page if operation.name == "List" else [bodies.customer(expanded=True), page]


def _expect(name: str, actual: Any, expected: Any) -> None:
    if actual != expected:
        raise ResponseMismatch(f"{name} responds with {str(actual)[:500]} instead of {str(expected)[:500]}")
