"""Behaviour that needs a real socket: races, broken connections, and the command."""

import asyncio
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from sandbox import Fault

KEY = {"authorization": "Bearer sk_test_123"}
SEEDED = "/v1/payment_methods/pm_1MqM05LkdIwHu7ixlDxxO6Mc"
ROOT = Path(__file__).parents[3]


@pytest.fixture
async def client(address):
    limits = httpx.Limits(max_connections=50)
    async with httpx.AsyncClient(base_url=address, headers=KEY, limits=limits, timeout=20) as client:
        yield client


async def race(client, urls, **params) -> list[httpx.Response]:
    return await asyncio.gather(*(client.post(url, data=data) for url, data in urls))


async def test_fifty_racing_attaches_have_one_winner(client, sandbox):
    customers = [(await client.post("/v1/customers")).json()["id"] for _ in range(50)]
    answers = await race(client, [(f"{SEEDED}/attach", {"customer": customer}) for customer in customers])
    won = [answer.json() for answer in answers if answer.status_code == 200]
    lost = [answer.json()["error"]["message"] for answer in answers if answer.status_code == 400]
    assert (len(won), len(lost)) == (1, 49)
    assert set(lost) == {"The payment method you provided has already been attached to a customer."}
    assert (await client.get(SEEDED)).json()["customer"] == won[0]["customer"]
    assert sandbox.ledger.operations("pm_1MqM05LkdIwHu7ixlDxxO6Mc") == ["payment_method.attached"]


async def test_fifty_racing_detaches_have_one_winner(client, sandbox):
    url = "/v1/payment_methods/pm_1MqLiJLkdIwHu7ixUEgbFdYF/detach"
    answers = await race(client, [(url, {})] * 50)
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 49
    assert sandbox.ledger.operations() == ["payment_method.detached"]


async def test_attach_and_detach_race_ends_detached_or_refused(client, sandbox):
    urls = [(f"{SEEDED}/attach", {"customer": "cus_NbZ8Ki3f322LNn"}), (f"{SEEDED}/detach", {})] * 25
    await race(client, urls)
    operations = sandbox.ledger.operations("pm_1MqM05LkdIwHu7ixlDxxO6Mc")
    assert operations in (["payment_method.attached"], ["payment_method.attached", "payment_method.detached"])


async def test_fifty_with_one_key_do_the_work_once(client, sandbox):
    headers = {"idempotency-key": "k1"}
    answers = await asyncio.gather(*(client.post("/v1/customers", headers=headers) for _ in range(50)))
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert sandbox.ledger.operations() == ["customer.created"]


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "truncate"])
async def test_connection_breaks(client, sandbox, kind):
    sandbox.faults.add(Fault(kind))
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        await client.get(SEEDED)
    assert (await client.get(SEEDED)).status_code == 200


async def test_stall_ends_when_the_caller_disconnects(client, sandbox):
    sandbox.faults.add(Fault("stall"))
    with pytest.raises(httpx.ReadTimeout):
        await client.post(f"{SEEDED}/detach", headers={"idempotency-key": "k1"}, timeout=httpx.Timeout(20, read=0.2))
    await asyncio.sleep(0.05)
    assert (await client.post(f"{SEEDED}/detach", headers={"idempotency-key": "k1"})).status_code == 400


async def test_head_has_no_body(client):
    response = await client.head("/v1/customers")
    assert (response.status_code, response.content) == (404, b"")


@pytest.mark.parametrize("options", [[], ["--no-seed"]])
def test_command_serves_and_stops(options):
    command = [sys.executable, "-m", "sandbox", "--port", "0", *options]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        address = re.findall(r"http://127\.0\.0\.1:\d+", process.stdout.readline())[0]
        assert address in process.stdout.readline()
        assert _first_answer(f"{address}{SEEDED}") == (404 if options else 200)
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
        assert process.stderr.read() == ""
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--forward-to", "127.0.0.1:8000"], "--forward-to: give a URL such as http://127.0.0.1:8000/webhooks/stripe"),
        (["--forward-to", ""], "--forward-to: give a URL such as http://127.0.0.1:8000/webhooks/stripe"),
        (["--webhook-secret", "a b"], "--webhook-secret: give ASCII text without spaces, such as whsec_123"),
        (["--webhook-secret", "whsec_1"], "--webhook-secret needs --forward-to"),
    ],
)
def test_command_rejects_other_webhook_options(options, message):
    command = [sys.executable, "-m", "sandbox", *options]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stderr.splitlines()[-1].endswith(message)) == (2, True), ended.stderr


@pytest.mark.parametrize("port", ["x", "65536", "-1", "12111.0", "", "\u0661", "9" * 5000])
def test_command_rejects_other_ports(port):
    command = [sys.executable, "-m", "sandbox", f"--port={port}"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 2
    assert ended.stderr.endswith("argument --port: give a whole number from 0 to 65535\n")


def _first_answer(url: str) -> int:
    for _ in range(100):
        try:
            return httpx.get(url, headers=KEY).status_code
        except httpx.TransportError:
            time.sleep(0.05)
    raise TimeoutError(url)
