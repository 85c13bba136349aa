"""Marked values go through every input and every member of Stripe's answers, and are looked for in all output."""

from __future__ import annotations

import json
import logging
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLList, GraphQLNonNull, get_named_type

from app import schema
from quality.harness import builders
from quality.harness.clients import Api, Recorder
from quality.harness.processes import running
from quality.harness.tokens import bearer
from serving.settings.settings import Settings
from tests.support.commands import command

CORE = schema._schema
MARK = "MARKED"
FOUND = re.compile(f"{MARK}[a-z0-9]*", re.IGNORECASE)
SECRET = "s" * 40


def marked(json_value: Any, path: str = "x") -> Any:
    """The same shape with a mark in every text, but for the words that steer."""
    if isinstance(json_value, dict):
        return {
            name: value if name in ("object", "type") and isinstance(value, str) else marked(value, name)
            for name, value in json_value.items()
        }
    if isinstance(json_value, list):
        return [marked(item, path) for item in json_value]
    return f"{MARK}{path}" if isinstance(json_value, str) or json_value is None else json_value


METHOD = marked(builders.payment_method(customer="cus_1", metadata={"a": "b"}))
NEXT_ACTION = {
    "type": "use_stripe_sdk",
    "redirect_to_url": {"url": "", "return_url": ""},
    "use_stripe_sdk": {"client_secret": "", "stripe_js": ""},
    "verify_with_microdeposits": {"arrival_date": 1, "hosted_verification_url": "", "microdeposit_type": ""},
}
MANDATE = {
    **marked({"id": "", "payment_method": "", "customer_acceptance": {"online": {"ip_address": "", "user_agent": ""}}}),
    "object": "mandate",
    "status": "active",
    "type": "multi_use",
}
INTENT = {
    **marked({"id": "", "client_secret": "", "customer": "", "payment_method": "", "next_action": NEXT_ACTION}),
    "object": "setup_intent",
    "status": "requires_action",
    "usage": "off_session",
    "created": 1,
    "livemode": False,
    "payment_method_types": [f"{MARK}type"],
    "mandate": MANDATE,
    "last_setup_error": marked({"type": "api_error", "message": "", "code": ""}),
}
SESSION = {
    **marked({"client_secret": "", "customer": ""}),
    "object": "customer_session",
    "created": 1,
    "expires_at": 2,
    "components": marked({"payment_element": {"enabled": True, "features": None}}),
}
KEY = {**marked({"id": "", "secret": "", "associated_objects": [{"id": ""}]}), "object": "ephemeral_key", "expires": 2}
PAYMENT = {
    **INTENT,
    "object": "payment_intent",
    "amount": 1099,
    "amount_received": 0,
    "currency": f"{MARK}currency",
    "setup_future_usage": "off_session",
    "last_payment_error": INTENT["last_setup_error"],
}
ERROR = {
    "error": {
        "type": "invalid_request_error",
        "message": f"{MARK}message sk_test_{MARK}key",
        "code": "some_code",
        "request_log_url": f"https://dashboard.test/{MARK}log",
        "setup_intent": INTENT,
        "payment_intent": PAYMENT,
        "payment_method": METHOD,
        "doc_url": f"https://{MARK}doc",
    }
}


class Upstream:
    """Answers like Stripe with marks everywhere; every other answer is an error, some are not even JSON."""

    def __init__(self) -> None:
        self._count = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path: str) -> tuple[int, bytes]:
        self._count += 1
        if self._count % 3 == 0:
            return (400, 402, 404, 429, 401, 403)[self._count // 3 % 6], json.dumps(ERROR).encode()
        if self._count % 7 == 0:
            return 200, f"<html>{MARK}html</html>".encode()
        if "customer_sessions" in path or "ephemeral_keys" in path:
            return 200, json.dumps(SESSION if "customer_sessions" in path else KEY).encode()
        if "setup_intents" in path:
            return 200, json.dumps(INTENT).encode()
        if "payment_intents" in path:
            return 200, json.dumps(PAYMENT).encode()
        if path.split("?")[0].endswith(("payment_methods", "subscriptions")):
            return 200, json.dumps({"object": "list", "data": [METHOD], "has_more": False}).encode()
        if "/customers/" in path and "payment_methods" not in path:
            return 200, json.dumps(marked(builders.customer(metadata={"a": "b"}))).encode()
        return 200, json.dumps(METHOD).encode()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        upstream = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.rfile.read(int(self.headers.get("content-length", 0)))
                status, body = upstream.answer(self.path)
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Request-Id", "req_1")
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET

            def log_message(self, *_: object) -> None:
                pass

        return Handler


ADDRESS = "203.0.113.7"
"""Takes the place of a mark where only an address is accepted."""
ALTERNATIVES = ({"confirmationTokenId", "amounts", "customerAccountId"}, {"paymentMethodId", "amounts", "customerId"})
"""Members of inputs that exclude others."""


def value_for(type_: Any, name: str) -> Any:
    """A value for an input, with marks in all its texts."""
    if isinstance(type_, GraphQLNonNull):
        return value_for(type_.of_type, name)
    if isinstance(type_, GraphQLList):
        return [value_for(type_.of_type, name)]
    if isinstance(type_, GraphQLInputObjectType):
        fields = list(type_.fields.items())[: 1 if type_.is_one_of else None]
        return {field: value_for(definition.type, field) for field, definition in fields}
    if isinstance(type_, GraphQLEnumType):
        return next(iter(type_.values))
    if name == "stripeVersion":
        return "2020-08-27"
    return {
        "Int": 3,
        "Boolean": name == "confirm",
        "JSON": {f"{MARK}k": f"{MARK}v"},
        "ID": f"pm_{MARK}{name}",
    }.get(get_named_type(type_).name, ADDRESS if name == "ipAddress" else f"{MARK}{name}")


def alternatives(input: dict[str, Any]):
    """The input without members that exclude others; with a token also without the payment method."""
    for others in ALTERNATIVES[: 1 + ("confirmationTokenId" in input)]:
        yield {name: value for name, value in input.items() if name not in others}


SECRETS = {
    "createCustomerSession": " customerSession { clientSecret }",
    "createEphemeralKey": " ephemeralKey { secret json }",
}
"""Fields of mutations that may contain marks: only the data has them."""


def operations():
    """Operations for each root field: with every argument given, and without those that exclude others."""
    for kind, root in (("query", CORE.query_type), ("mutation", CORE.mutation_type)):
        for name, field in root.fields.items():
            declared = ", ".join(f"${argument}: {definition.type}" for argument, definition in field.args.items())
            given = ", ".join(f"{argument}: ${argument}" for argument in field.args)
            variables = {argument: value_for(definition.type, argument) for argument, definition in field.args.items()}
            call = f"{name}({given})" if given else name
            head = f"{kind} Named({declared})" if declared else f"{kind} Named"
            fields = "errors { message code path }" if kind == "mutation" else "__typename"
            fields += SECRETS.get(name, "")
            document = f"{head} {{ {call} {{ {fields} }} }}"
            yield document, variables
            if kind == "mutation":
                yield from ((document, {"input": one}) for one in alternatives(variables["input"]))


def kind(query: str) -> str:
    return query.split()[0]


BAD_BODIES = [
    f'{{"query": "{MARK}'.encode(),
    f'{{"query": "{{ {MARK} }}"}}'.encode(),
    f'{{"query": "{{ node(id: \\"{MARK}\\") {{ {MARK} }} }}"}}'.encode(),
    f'{{"query": "query(${MARK}: Int!) {{ viewer {{ kind }} }}", "variables": {{"{MARK}": "{MARK}"}}}}'.encode(),
    f'{{"query": "{{ viewer {{ kind }} }}", "operationName": "{MARK}"}}'.encode(),
    f'{{"extensions": {{"persistedQuery": {{"version": 1, "sha256Hash": "{MARK}"}}}}}}'.encode(),
    f'["{MARK}"]'.encode(),
]


def test_nothing_that_came_in_is_written(tmp_path):
    upstream = Upstream()
    settings = {
        "STRIPE_SECRET_KEY": f"sk_test_{MARK}key",
        "STRIPE_API_BASE": upstream.url,
        "AUTH_SECRET": f"{MARK}secret" + SECRET,
        "LOG_LEVEL": "debug",
        "STRIPE_TIMEOUT": "2",
    }
    known = Settings(sandbox=True, auth_secret=settings["AUTH_SECRET"])
    callers = [
        bearer(known, customer="cus_1", subject=f"{MARK}subject"),
        bearer(known, service=True, subject=f"{MARK}subject"),
        {"Authorization": f"Bearer {MARK}token"},
    ]
    refusals = []
    with running("server.py", folder=tmp_path, **settings) as server, httpx.Client(base_url=server.base) as client:
        for headers in callers:
            for query, variables in operations():
                response = client.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
                assert response.status_code in (200, 401)
                answer = response.json()
                refusals += answer.get("errors", [])
                payloads = (answer.get("data") or {}).values() if kind(query) == "mutation" else ()
                refusals += [payload["errors"] for payload in payloads if payload]
            for body in BAD_BODIES:
                content = {"Content-Type": "application/json", **headers}
                assert client.post("/graphql", content=body, headers=content).status_code < 500
            client.get(f"/graphql?query={MARK}&variables={MARK}", headers=headers)
            client.get(f"/{MARK}?x={MARK}", headers={**headers, "Cookie": f"a={MARK}", "Origin": f"https://{MARK}"})
        server.stop()
        written = server.output()
    upstream.close()
    assert "attache.operation" in written
    assert "attache.stripe" in written
    assert not FOUND.findall(written)
    assert ADDRESS not in written
    assert refusals
    # A client's own idempotency key comes back to it, where it is what the client needs.
    found = set(FOUND.findall(json.dumps(refusals))) - {f"{MARK}idempotencyKey"}
    assert not found, "an error repeats what Stripe said"


async def test_nor_by_an_unexpected_exception(stripe, caplog, monkeypatch):
    async def broken(*_: Any) -> None:
        raise RuntimeError(f"{MARK}message", {"value": f"{MARK}value"})

    monkeypatch.setattr("resolvers.access.Access.retrieve_payment_method", broken)
    caplog.set_level(logging.DEBUG)
    async with Api(Settings(), stripe) as api:
        answer = await api("query($id: ID!) { paymentMethod(id: $id) { id } }", id=f"pm_{MARK}id")
    assert answer["errors"][0]["extensions"] == {"code": "INTERNAL"}
    assert not FOUND.findall(json.dumps(answer))
    assert "RuntimeError" in caplog.text
    assert "test_privacy.py" in caplog.text
    assert not FOUND.findall(caplog.text.replace("{MARK}", ""))


async def test_nor_by_one_within_the_endpoint(caplog):
    """A fault of the service itself is a bare 500 to the client."""

    async def handle(request: httpx.Request) -> httpx.Response:
        raise ZeroDivisionError(f"{MARK}message")

    caplog.set_level(logging.DEBUG)
    async with Api(Settings(), Recorder(httpx.MockTransport(handle))) as api:
        answer = await api('{ node(id: "pm_1") { id } }')
    assert answer["errors"][0]["extensions"] == {"code": "INTERNAL"}
    assert not FOUND.findall(json.dumps(answer) + caplog.text.replace("{MARK}", ""))


@pytest.mark.parametrize(
    "variables",
    [
        {"STRIPE_SECRET_KEY": f"sk_live_{MARK}"},
        {"STRIPE_SECRET_KEY": f"{MARK}"},
        {"STRIPE_SECRET_KEY": f"sk_test_{MARK}", "STRIPE_API_BASE": f"{MARK}"},
        {"STRIPE_SECRET_KEY": f"sk_test_{MARK}", "AUTH_SECRET": f"{MARK}"},
        {"STRIPE_SECRET_KEY": f"sk_test_{MARK}", "AUTH_SECRET": f"{MARK}" * 9, "AUTH_ALGORITHMS": f"{MARK}"},
        {"STRIPE_SECRET_KEY": f"sk_test_{MARK}", "AUTH_SECRET": f"{MARK}" * 9, "PORT": f"{MARK}"},
        {"STRIPE_SECRET_KEY_FILE": f"/{MARK}"},
        {"SANDBOX": "true", "AUTH_SECRET": f"{MARK}" * 9, "REDIS_URL": f"nonsense://:{MARK}@x"},
        {"SANDBOX": "true", "AUTH_SECRET": f"{MARK}" * 9, "TRUSTED_DOCUMENTS": f"/{MARK}"},
    ],
)
def test_nor_by_a_start_that_fails(variables):
    done = command(**variables)
    assert done.returncode == 2
    assert done.stderr.startswith("attache: ")
    assert not FOUND.findall(done.stdout + done.stderr)
