"""The log of operations, of calls and of libraries."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import pty
import re
import signal
import subprocess
import sys
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from quality.harness.clients import Api, Recorder
from quality.harness.processes import ROOT, environment, running
from quality.harness.virtual_time import run as run_in_virtual_time
from quality.harness.wallets import AMARA, JENNY, JENNYS_CARD
from resolvers.writes.write_outcomes import CALLERS, KeyDigest
from serving.auth.development_tokens import create_token
from serving.auth.tokens import Caller, CallerKind
from serving.settings.settings import Settings
from serving.telemetry.logs import RepeatedEvents, logger
from serving.telemetry.operation_record import document_hash
from stripe_api.client import MAX_RESPONSE_BYTES

CARD = "query Card($id: ID!) { paymentMethod(id: $id) { id } }"
LIMIT = MAX_RESPONSE_BYTES
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


async def logged(api: Api, *, json: Any, headers: Any = None) -> list[Any]:
    """The events of one request, without what differs each time."""
    with capture_logs() as events:
        await api.http.post("/graphql", json=json, headers=headers)
    for event in events:
        event.pop("caller_id", None)
        for entry in (event, *event.get("stripe", ())):
            entry.pop("ms", None)
            entry.pop("request_id", None)
    return events


def named(events: list[Any], name: str) -> list[Any]:
    return [event for event in events if event["event"] == name]


def operation(**facts: object) -> dict:
    nothing = dict.fromkeys(("kind", "name", "document", "account", "reason", "trace_id"))
    ok = {"caller": "anonymous", "outcome": "ok", "codes": (), "status": 200, "calls": 0, "stripe": [], "writes": []}
    ok |= {"cache_hits": 0, "joined_reads": 0}
    return {"event": "operation", "log_level": "info", **nothing, **ok, **facts}


class TestOperations:
    async def test_one_line_holds_what_an_operator_asks(self, api):
        call = {"endpoint": "GET /v1/payment_methods/{payment_method}", "status": 200, "reason": None, "tries": 1}
        headers = {"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}
        events = await logged(api, json={"query": CARD, "variables": {"id": JENNYS_CARD}}, headers=headers)
        assert named(events, "operation") == [
            operation(
                kind="query", name="Card", document=document_hash(CARD), calls=1, stripe=[call], trace_id=TRACE
            )
        ]  # fmt: skip

    @pytest.mark.parametrize("parent", ["", "nonsense", f"00-{TRACE}", f"00-{TRACE.upper()}-00f067aa0ba902b7-01"])
    async def test_an_invalid_trace_is_not_logged(self, api, parent):
        (event,) = await logged(api, json={"query": "{ viewer { kind } }"}, headers={"traceparent": parent})
        assert event["trace_id"] is None

    async def test_errors_are_codes(self, stripe):
        async def fail(request):
            return httpx.Response(403, json={"error": {"type": "invalid_request_error", "message": "secret"}})

        async with Api(Settings(), Recorder(httpx.MockTransport(fail))) as api:
            events = await logged(api, json={"query": CARD, "variables": {"id": "pm_1"}})
        (event,) = named(events, "operation")
        assert (event["outcome"], event["codes"], event["status"]) == ("error", ["INTERNAL"], 200)

    @pytest.mark.parametrize(
        ("body", "facts"),
        [
            ({"query": "{ nothing }"}, {"document": document_hash("{ nothing }")}),
            ({"query": 1}, {"status": 400}),
            ([], {"status": 400}),
        ],
    )
    async def test_a_rejected_request_is_logged_with_the_reason(self, api, body, facts):
        refused = {"outcome": "refused", "codes": ["BAD_USER_INPUT"], "reason": "bad_user_input"}
        assert await logged(api, json=body) == [operation(**refused, **facts)]

    async def test_a_limit_that_was_met_is_the_reason(self, api):
        deep = "{ customer(id: 1) " + "{ paymentMethods { nodes { customer " * 5 + "{ id }" + "} } }" * 5 + "}"
        (event,) = await logged(api, json={"query": deep})
        assert event["reason"] == "max_depth"

    async def test_so_is_one_that_was_met_on_the_way(self, stripe):
        async with Api(Settings(rate_limit_calls="1/minute"), stripe) as api:
            for _ in range(2):
                events = await logged(api, json={"query": CARD, "variables": {"id": "pm_1"}})
        (event,) = named(events, "operation")
        assert (event["outcome"], event["reason"], event["codes"]) == ("error", "rate_limit_calls", ["RATE_LIMITED"])
        assert (event["calls"], event["stripe"]) == (0, [])

    async def test_who_is_not_let_in_has_no_kind_of_caller(self, stripe):
        async with Api(Settings(sandbox=True, auth_secret="s" * 32, allow_anonymous=False), stripe) as api:
            (event,) = await logged(api, json={"query": CARD})
        refused = {"outcome": "refused", "codes": ["UNAUTHENTICATED"], "reason": "unauthenticated"}
        assert event == operation(**refused, caller=None, status=401)

    async def test_each_operation_of_a_list_has_its_line(self, stripe):
        async with Api(Settings(max_batch=3), stripe) as api:
            entries = [{"query": "query A { viewer { kind } }"}, 1, {"query": "query C { viewer { kind } }"}]
            events = await logged(api, json=entries)
        assert [(event["name"], event["outcome"]) for event in events] == [
            ("A", "ok"),
            (None, "refused"),
            ("C", "ok"),
        ]

    async def test_the_caller_s_digest_distinguishes_callers_and_contains_no_id(self, stripe):
        settings = Settings(sandbox=True, auth_secret=SecretStr("s" * 32))
        tokens = [
            create_token(settings, customer=customer, service=False, subject="user", lifetime=60)
            for customer in (JENNY, AMARA, AMARA)
        ]
        headers = [*({"Authorization": f"Bearer {one}"} for one in tokens), {}]
        async with Api(settings, stripe) as api:
            with capture_logs() as events:
                for one in headers:
                    await api.http.post("/graphql", json={"query": "{ viewer { kind } }"}, headers=one)
        ids = [event["caller_id"] for event in named(events, "operation")]
        assert ids[0] != ids[1] == ids[2] != ids[3]
        assert all(re.fullmatch("[0-9a-f]{12}", one) for one in ids)
        assert not re.search("cus_", str(events))
        digest = KeyDigest("sk_test_sandbox", CALLERS)
        assert ids[1] == digest.of(Caller(CallerKind.CUSTOMER, subject="user", customer_id=AMARA).identity)
        assert digest.of("a") != KeyDigest("sk_test_sandbox").of("a")

    async def test_a_name_is_cut(self, api):
        (event,) = await logged(api, json={"query": f"query {'x' * 500} {{ viewer {{ kind }} }}"})
        assert event["name"] == "x" * 60


class TestReasons:
    """An operation that failed has one reason: what says most of the limit, the failure and the code."""

    @staticmethod
    async def of(api: Api, query: str = CARD, **variables: str) -> str:
        (event,) = named(
            await logged(api, json={"query": query, "variables": {"id": "pm_1", **variables}}), "operation"
        )
        return event["reason"]

    @pytest.mark.parametrize(
        ("response", "reason"),
        [
            ({"status_code": 500, "json": {"error": {"type": "api_error"}}}, "server_error"),
            ({"status_code": 401, "json": {"error": {"type": "invalid_request_error"}}}, "key_refused"),
            ({"status_code": 200, "text": "<html>"}, "not_json"),
            ({"status_code": 200, "json": {"id": "pm_1", "type": "card", "card": {"last4": 1}}}, "internal"),
        ],
    )
    async def test_is_that_of_the_call(self, quick, response, reason):
        transport = httpx.MockTransport(lambda request: httpx.Response(**response))
        async with Api(Settings(), Recorder(transport)) as api:
            query = "query($id: ID!) { paymentMethod(id: $id) { card { last4 } } }"
            assert await self.of(api, query) == reason

    async def test_is_that_of_its_own_first_failed_call_when_the_circuit_breaker_then_opens(self, quick):
        def fail(request: httpx.Request) -> httpx.Response:
            raise httpx.ReadError("reset")

        settings = Settings(stripe_breaker_failures=2)
        async with Api(settings, Recorder(httpx.MockTransport(fail))) as api:
            assert await self.of(api) == "connection_reset"
            assert await self.of(api) == "breaker_open"

    async def test_of_a_store_that_is_needed_and_unavailable(self, stripe):
        query = """mutation($id: ID!) {
            attachPaymentMethod(input: {paymentMethodId: $id, customerId: "cus_1", onDuplicate: REJECT}) {
                reusedExisting
            }
        }"""
        async with Api(Settings(sandbox=True, redis_url=SecretStr("redis://127.0.0.1:1")), stripe) as api:
            assert await self.of(api, query) == "store_unavailable"
            await api.service.aclose()

    async def test_the_store_s_line_has_one_reason_and_says_what_stops_working(self, stripe):
        query = 'mutation($id: ID!) { attachPaymentMethod(input: {paymentMethodId: $id, customerId: "cus_1", '
        query += "onDuplicate: REJECT}) { reusedExisting } }"
        async with Api(Settings(sandbox=True, redis_url=SecretStr("redis://127.0.0.1:1")), stripe) as api:
            events = await logged(api, json={"query": query, "variables": {"id": "pm_1"}})
            await api.service.aclose()
        (event,) = named(events, "the shared store is unavailable")
        assert (event["reason"], "why" in event) == ("connection_refused", False)
        assert "attaches with a duplicate policy are rejected" in event["effect"]


class TestCalls:
    async def test_at_level_debug_every_call_is_logged(self, api):
        (event,) = named(await logged(api, json={"query": CARD, "variables": {"id": JENNYS_CARD}}), "stripe call")
        assert (event["log_level"], event["status"], event["tries"]) == ("debug", 200, 1)

    @pytest.mark.parametrize(
        ("answers", "status", "tries"),
        [([500, 404], 404, 2), ([429], 429, 1), ([500, 500, 500], 500, 3), ([403], 403, 1)],
    )
    async def test_one_that_failed_or_was_tried_again_is_a_warning(self, quick, answers, status, tries):
        left = list(answers)

        async def answer(request):
            return httpx.Response(left.pop(0), json={"error": {"type": "api_error"}})

        async with Api(Settings(), Recorder(httpx.MockTransport(answer))) as api:
            events = await logged(api, json={"query": CARD, "variables": {"id": "pm_1"}})
        (event,) = named(events, "stripe call")
        assert (event["log_level"], event["status"], event["tries"]) == ("warning", status, tries)
        assert event["rate_limited"] == answers.count(429)

    async def test_no_answer_is_a_call_without_status(self, quick):
        async def drop(request):
            raise httpx.ReadError("gone")

        async with Api(Settings(), Recorder(httpx.MockTransport(drop))) as api:
            events = await logged(api, json={"query": CARD, "variables": {"id": "pm_1"}})
        (event,) = named(events, "stripe call")
        assert (event["log_level"], event["status"], event["tries"]) == ("warning", None, 3)
        assert event["reason"] == "connection_reset"

    async def test_a_response_that_is_not_stripe_s_is_a_warning_with_its_reason(self, quick):
        transport = httpx.MockTransport(lambda request: httpx.Response(200, text="<html>"))
        async with Api(Settings(), Recorder(transport)) as api:
            events = await logged(api, json={"query": CARD, "variables": {"id": "pm_1"}})
        (event,) = named(events, "stripe call")
        assert (event["log_level"], event["status"], event["reason"]) == ("warning", 200, "not_json")

    @pytest.mark.parametrize(
        ("response", "facts"),
        [
            ({"html": "<html>"}, ("not_json", "text/html", 6, None)),
            ({"text": "x", "headers": {"Content-Type": "jenny@example.com"}}, ("not_json", None, 1, None)),
            ({"json": {"a": 1}}, ("not_stripe", "application/json", 7, None)),
            ({"content": b"x" * (LIMIT + 1)}, ("response_too_large", None, LIMIT + 1, LIMIT)),
        ],
    )
    async def test_an_unusable_body_is_logged_with_its_type_size_and_limit(self, quick, response, facts):
        transport = httpx.MockTransport(lambda request: httpx.Response(200, **response))
        async with Api(Settings(), Recorder(transport)) as api:
            events = await logged(api, json={"query": CARD, "variables": {"id": "pm_1"}})
        (event,) = named(events, "stripe call")
        assert (event["reason"], event["content_type"], event["size"], event["limit"]) == facts
        assert "jenny" not in str(events)

    async def test_the_circuit_breaker_s_line_has_the_number_of_tries_and_the_last_reason(self, quick, caplog):
        transport = httpx.MockTransport(lambda request: httpx.Response(503))
        async with Api(Settings(stripe_breaker_failures=2), Recorder(transport)) as api:
            await logged(api, json={"query": CARD, "variables": {"id": "pm_1"}})
        (record,) = [record for record in caplog.records if record.name == "attache.stripe" and "breaker" in record.msg]
        assert record.getMessage() == "Circuit breaker opened after 2 failed tries"
        assert record.facts == {"reason": "server_error"}

    @pytest.mark.parametrize(
        "response",
        [
            {"text": "<html>"},
            {"json": {"a": 1}},
            {"content": b"x" * (LIMIT + 1)},
            {"headers": {"Content-Encoding": "br"}},
        ],
    )
    async def test_a_response_that_can_t_be_used_does_not_open_the_circuit_breaker(self, quick, caplog, response):
        transport = httpx.MockTransport(lambda request: httpx.Response(200, **response))
        async with Api(Settings(stripe_breaker_failures=2), Recorder(transport)) as api:
            for _ in range(3):
                events = await logged(api, json={"query": CARD, "variables": {"id": "pm_1"}})
        (call,) = named(events, "stripe call")
        assert call["reason"] in ("not_json", "not_stripe", "response_too_large", "bad_encoding")
        assert "Circuit breaker" not in caplog.text


class TestRepeatedEvents:
    """In virtual time: the first is written at once, the rest as one line per interval."""

    @staticmethod
    def logged(main):
        with capture_logs() as events:
            run_in_virtual_time(main(RepeatedEvents(logger("attache.test"), seconds=10)))
        return [(event["event"], event["of"], event.get("repeated"), event.get("detail")) for event in events]

    def test_many_are_one_line_and_a_count(self):
        async def main(repeated):
            for number in range(3672):
                repeated.log(logging.WARNING, "refused", {"of": "a"}, detail=number)
            await asyncio.sleep(15)

        assert self.logged(main) == [("refused", "a", None, 0), ("refused", "a", 3671, None)]

    def test_there_is_one_line_per_interval_while_they_continue(self):
        async def main(repeated):
            for _ in range(35):
                repeated.log(logging.WARNING, "refused", {"of": "a"})
                await asyncio.sleep(1)

        assert [count for _, _, count, _ in self.logged(main)] == [None, 9, 10, 10]

    def test_after_a_quiet_interval_the_next_one_is_written_at_once(self):
        async def main(repeated):
            repeated.log(logging.WARNING, "refused", {"of": "a"})
            await asyncio.sleep(10.1)
            repeated.log(logging.WARNING, "refused", {"of": "a"})

        assert self.logged(main) == [("refused", "a", None, None)] * 2

    def test_kinds_are_counted_apart(self):
        async def main(repeated):
            for of in "abab":
                repeated.log(logging.WARNING, "refused", {"of": of})
            repeated.log(logging.WARNING, "broken", {"of": "a"})
            await asyncio.sleep(11)

        assert [entry[:3] for entry in self.logged(main)] == [
            ("refused", "a", None),
            ("refused", "b", None),
            ("broken", "a", None),
            ("refused", "a", 1),
            ("refused", "b", 1),
        ]

    def test_what_is_counted_is_written_at_the_end(self):
        async def main(repeated):
            for _ in range(3):
                repeated.log(logging.WARNING, "refused", {"of": "a"})
            repeated.flush()

        assert self.logged(main) == [("refused", "a", None, None), ("refused", "a", 2, None)]

    def test_the_seconds_are_the_time_since_the_previous_line(self):
        async def main():
            repeated = RepeatedEvents(logger("attache.test"), seconds=10)
            for _ in range(13):
                repeated.log(logging.WARNING, "refused", {"of": "a"})
                await asyncio.sleep(0.95)
            repeated.flush()

        with capture_logs() as events:
            run_in_virtual_time(main())
        assert [event.get("seconds") for event in events] == [None, 10.0, 2.4]


async def test_calls_that_were_not_sent_are_summed_up(sandbox):
    settings = Settings(stripe_calls_per_second=1, stripe_max_waiting_calls=0)
    with capture_logs() as events:
        async with Api(settings, Recorder.over(sandbox)) as api:
            query = {"query": CARD, "variables": {"id": JENNYS_CARD}}
            await asyncio.gather(*(api.http.post("/graphql", json=query) for _ in range(50)))
            await api.service.aclose()
    endpoint = "GET /v1/payment_methods/{payment_method}"
    warnings = [event for event in events if event["log_level"] == "warning"]
    assert [(event["endpoint"], event["reason"], event["setting"], event.get("repeated")) for event in warnings] == [
        (endpoint, "queue_full", "STRIPE_CALLS_PER_SECOND", None),
        (endpoint, "queue_full", "STRIPE_CALLS_PER_SECOND", 48),
    ]
    assert {event["reason"] for event in events if event["event"] == "operation"} == {None, "queue_full"}


async def test_calls_and_operations_over_the_limit_of_running_operations_have_another_reason(sandbox):
    async with Api(Settings(max_operations=1), Recorder.over(sandbox)) as api:
        with capture_logs() as events:
            query = {"query": CARD, "variables": {"id": JENNYS_CARD}}
            await asyncio.gather(*(api.http.post("/graphql", json=query) for _ in range(2)))
    found = {(event["outcome"], event["reason"]) for event in events if event["event"] == "operation"}
    assert found == {("ok", None), ("refused", "max_operations")}


async def test_a_call_over_a_limit_of_its_caller_is_no_warning(stripe):
    async with Api(Settings(rate_limit_calls="1/minute"), stripe) as api:
        for _ in range(2):
            events = await logged(api, json={"query": CARD, "variables": {"id": "pm_1"}})
    (call,), (operation,) = named(events, "stripe call not sent"), named(events, "operation")
    assert (call["log_level"], call["reason"], call["setting"]) == ("info", "rate_limit_calls", "RATE_LIMIT_CALLS")
    assert operation["reason"] == call["reason"]


# --- As it is written ------------------------------------------------------------------------------------------------


def test_all_is_json_in_lines_that_are_not_torn(tmp_path):
    many = (
        "query Many { " + " ".join(f'a{index}: setupIntent(id: "seti_{index}") {{ id }}' for index in range(20)) + " }"
    )
    with running("server.py", folder=tmp_path, LOG_LEVEL="debug") as server:
        httpx.post(f"{server.base}/graphql", json={"query": many})
        server.stop()
        lines = server.output().splitlines()
    events = [json.loads(line) for line in lines]
    assert {"attache", "attache.operation", "attache.stripe", "uvicorn.error"} <= {event["logger"] for event in events}
    assert all(list(event)[:4] == ["time", "level", "logger", "event"] for event in events)
    (operation,) = [event for event in events if event["event"] == "operation"]
    assert (operation["calls"], len(operation["stripe"])) == (20, 10)
    assert max(map(len, lines)) < 4096


def test_one_line_for_an_operation_unless_more_is_asked(tmp_path):
    with running("server.py", folder=tmp_path) as server:
        httpx.post(f"{server.base}/graphql", json={"query": CARD, "variables": {"id": JENNYS_CARD}})
        server.stop()
        loggers = [json.loads(line)["logger"] for line in server.output().splitlines()]
    assert [name for name in loggers if name != "attache"] == ["attache.operation"]


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_the_last_line_says_that_the_process_stopped_and_on_which_signal(tmp_path, sent):
    with running("server.py", folder=tmp_path, DRAIN_SECONDS="0") as server:
        server.process.send_signal(sent)
        server.process.wait(30)
        event = json.loads(server.output().splitlines()[-1])
    assert (event["level"], event["event"], event["signal"]) == ("info", "Stopped", sent.name)


@pytest.mark.parametrize(("files", "warns"), [(200, True), (2000, False)])
def test_a_limit_of_open_files_that_is_too_low_is_a_warning_at_the_start(tmp_path, files, warns):
    code = f"import resource, runpy; resource.setrlimit(resource.RLIMIT_NOFILE, ({files}, {files}));"
    code += " runpy.run_path('server.py', run_name='__main__')"
    settings = {"STRIPE_SECRET_KEY": "sk_test_any", "STRIPE_MAX_CONNECTIONS": "100", "ALLOW_ANONYMOUS": "true"}
    with running("-c", code, folder=tmp_path, DRAIN_SECONDS="0", **settings) as server:
        server.stop()
        events = [json.loads(line) for line in server.output().splitlines()]
    found = [(event["limit"], event["needed"] > files) for event in named(events, "The limit of open files is too low")]
    assert found == ([(files, True)] if warns else [])


def run(code: str, *, stderr: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", f"from serving.telemetry import logs\n{code}"]
    return subprocess.run(command, cwd=ROOT, env=environment(), text=True, check=True, timeout=30, stderr=stderr)


def test_an_exception_is_logged_without_its_message():
    done = run(
        """
import logging
logs.configure("info")
try:
    try:
        int("secret one")
    except ValueError as error:
        raise RuntimeError("secret two") from error
except RuntimeError:
    logging.getLogger("uvicorn.error").exception("Exception in ASGI application\\n")
""",
        stderr=subprocess.PIPE,
    )
    event = json.loads(done.stderr)
    assert event["event"] == "Exception in ASGI application"
    assert event["exception"] == "RuntimeError < ValueError"
    assert event["at"] == ["<string>:9 <module>"]
    assert "secret" not in done.stderr


def test_facts_of_python_s_logging_are_members_of_the_line():
    code = "import logging\nlogs.configure('info')\n"
    code += "logging.getLogger('attache.stripe').warning('opened', extra={'facts': {'reason': 'dns'}})"
    event = json.loads(run(code, stderr=subprocess.PIPE).stderr)
    assert (event["event"], event["reason"]) == ("opened", "dns")


def test_lines_of_several_processes_stay_whole():
    code = "from serving.telemetry import logs\nlogs.configure('info')\nwrite = logs.logger('x').info\n"
    code += "for index in range(500): write('x' * (index % 9), text='y' * 3000)"
    command = [sys.executable, "-c", code]
    reading, writing = os.pipe()
    processes = [subprocess.Popen(command, cwd=ROOT, stderr=writing) for _ in range(3)]
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        lines = pipe.read().splitlines()
    assert [process.wait(10) for process in processes] == [0, 0, 0]
    assert len([json.loads(line) for line in lines]) == 1500


def test_a_closed_standard_error_stops_nothing():
    reading, writing = os.pipe()
    os.close(reading)
    run("logs.configure('info')\nlogs.logger('x').info('lost')", stderr=writing)
    os.close(writing)


@pytest.mark.parametrize(("format", "coloured"), [("auto", True), ("console", True), ("json", False)])
def test_a_terminal_gets_colours(format, coloured):
    ours, terminal = pty.openpty()
    run(f"logs.configure('info', '{format}')\nlogs.logger('x').info('hello', who='you')", stderr=terminal)
    written = os.read(ours, 4096).decode()
    os.close(ours)
    os.close(terminal)
    assert "hello" in written
    assert ("\x1b[" in written) is coloured
    assert written.startswith("{") is not coloured


def test_words_without_colours_where_there_is_no_terminal():
    done = run(
        "logs.configure('info', 'console')\nlogs.logger('x').info('hello', who=None, n=1)", stderr=subprocess.PIPE
    )
    assert done.stderr.split()[1:] == ["[info", "]", "hello", "[x]", "n=1"]
    assert "\x1b[" not in done.stderr


async def test_a_wallet_s_calls_are_in_its_line(api):
    query = "query($id: ID!) { customer(id: $id) { email paymentMethods(first: 2) { nodes { id } } } }"
    events = await logged(api, json={"query": query, "variables": {"id": AMARA}})
    (event,) = named(events, "operation")
    assert {call["endpoint"] for call in event["stripe"]} == {
        "GET /v1/customers/{customer}",
        "GET /v1/customers/{customer}/payment_methods",
    }


async def test_slow_request_bodies_beyond_their_memory_are_a_refusal_with_their_own_reason(sandbox, monkeypatch):
    monkeypatch.setattr("serving.graphql.request_body.MAX_PARTIAL_BYTES", 1)

    async def body():
        yield b'{"query": '
        yield b'"{ viewer { kind } }"}'

    async with Api(Settings(), Recorder.over(sandbox)) as limited:
        with capture_logs() as events:
            response = await limited.http.post("/graphql", content=body(), headers={"Content-Type": "application/json"})
    assert response.status_code == 503
    (event,) = named(events, "operation")
    assert (event["outcome"], event["reason"], event["codes"]) == ("refused", "request_bodies", ["OVERLOADED"])
