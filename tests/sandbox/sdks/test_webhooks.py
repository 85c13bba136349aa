"""Stripe's official SDKs verify the sandbox's deliveries, sent over a real socket."""

import json
import queue
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx
import pytest
import stripe

from quality.harness.processes import running
from tests.support.node_projects import installed, run

NODE = Path(__file__).parent / "node"
SECRET = "whsec_of_the_test"
JENNYS = "pm_1MqLiJLkdIwHu7ixUEgbFdYF"
KEY = {"authorization": "Bearer sk_test_123"}


@contextmanager
def webhook_server(responses: list[int]) -> Iterator[tuple[str, "queue.Queue[tuple[str, bytes]]"]]:
    """Yields the URL of an endpoint, and the signatures and bodies that it receives. It responds as given, then 200."""
    received: queue.Queue[tuple[str, bytes]] = queue.Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            received.put((self.headers["stripe-signature"], body))
            status = responses.pop(0) if responses else 200
            self.send_response(status)
            self.send_header("location", "/elsewhere")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/webhooks/stripe", received
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()


@pytest.fixture(scope="module")
def delivery(tmp_path_factory) -> tuple[str, bytes]:
    """The signature and the body of one delivery."""
    with webhook_server([]) as (url, received):
        options = ("--forward-to", url, "--webhook-secret", SECRET)
        folder = tmp_path_factory.mktemp("sandbox")
        with running("-m", "sandbox", *options, folder=folder, ready="/v1/customers") as sandbox:
            httpx.post(f"{sandbox.base}/v1/payment_methods/{JENNYS}/detach", headers=KEY)
            return received.get(timeout=20)


class TestPython:
    def test_an_event(self, delivery):
        signature, body = delivery
        event = stripe.Webhook.construct_event(body, signature, SECRET)
        assert event.type == "payment_method.detached"
        assert event.data.object.id == JENNYS
        assert event.data.previous_attributes["customer"] == "cus_NbZ8Ki3f322LNn"

    def test_another_secret(self, delivery):
        signature, body = delivery
        with pytest.raises(stripe.SignatureVerificationError, match="No signatures found matching"):
            stripe.Webhook.construct_event(body, signature, "whsec_of_another")

    def test_an_old_timestamp(self, delivery):
        signature, body = delivery
        time = int(signature.partition(",")[0].removeprefix("t="))
        old = stripe.WebhookSignature.generate_signature_header(body.decode(), SECRET, timestamp=time - 301)
        for header in (old, signature.replace(f"t={time}", f"t={time - 301}")):
            with pytest.raises(stripe.SignatureVerificationError):
                stripe.Webhook.construct_event(body, header, SECRET)

    @pytest.mark.parametrize(
        "change",
        [
            lambda body: body.replace(b"detached", b"attached"),
            lambda body: body + b" ",
            lambda body: json.dumps(json.loads(body)).encode(),
        ],
        ids=["text", "space", "parsed"],
    )
    def test_changed_bytes(self, delivery, change):
        signature, body = delivery
        with pytest.raises(stripe.SignatureVerificationError, match="No signatures found matching"):
            stripe.Webhook.construct_event(change(body), signature, SECRET)

    def test_only_the_scheme_v1_counts(self, delivery):
        signature, body = delivery
        time, _, v0 = signature.split(",")
        assert v0.startswith("v0=")
        with pytest.raises(stripe.SignatureVerificationError, match="No signatures found with expected scheme v1"):
            stripe.Webhook.construct_event(body, f"{time},{v0}", SECRET)


def test_node(delivery):
    signature, body = delivery
    variables = {"SIGNATURE": signature, "BODY": body.decode(), "SECRET": SECRET, "SANDBOX": "http://unused.test"}
    done = run("node", "--test", "webhooks.mjs", project=installed(NODE), **variables)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_command_prints_the_secret_that_signs(tmp_path):
    with (
        webhook_server([]) as (url, received),
        running("-m", "sandbox", "--forward-to", url, folder=tmp_path, ready="/v1/customers") as sandbox,
    ):
        httpx.post(f"{sandbox.base}/v1/customers", headers=KEY)
        signature, body = received.get(timeout=20)
        printed = re.findall(
            rf"^Events are sent to {url}\. Your webhook signing secret is (\S+)$", sandbox.output(), re.M
        )
        assert stripe.Webhook.construct_event(body, signature, printed[0]).type == "customer.created"


def test_a_created_endpoint_is_retried_and_redirects_are_not_followed(tmp_path):
    with (
        webhook_server([500, 307]) as (url, received),
        running("-m", "sandbox", folder=tmp_path, ready="/v1/customers") as sandbox,
    ):
        client = stripe.StripeClient("sk_test_123", base_addresses={"api": sandbox.base})
        endpoint = client.v1.webhook_endpoints.create({"url": url, "enabled_events": ["customer.created"]})
        httpx.post(f"{sandbox.base}/_sandbox/settings", json={"retry_pauses": [0.05, 0.05]}).raise_for_status()
        client.v1.customers.create()
        deliveries = [received.get(timeout=20) for _ in range(3)]
        assert len({stripe.Webhook.construct_event(body, sent, endpoint.secret).id for sent, body in deliveries}) == 1
        assert received.empty()
