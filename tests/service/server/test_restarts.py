"""The service ends in order, and a rolling restart fails no request."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import socket
from urllib.parse import urlsplit

import httpx
import pytest

from quality.harness.processes import Running, free_port, running
from quality.harness.wallets import JENNYS_CARD
from tests.support import proxies

CARD = {"query": "query Card($id: ID!) { paymentMethod(id: $id) { id } }", "variables": {"id": JENNYS_CARD}}
BODY = json.dumps({"id": JENNYS_CARD, "object": "payment_method"}).encode()
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(BODY), BODY)


class HeldUpstream:
    """A stand-in for Stripe that delays all responses until `release` is set."""

    def __init__(self) -> None:
        self.held = 0
        self.release = asyncio.Event()
        self._writers: list[asyncio.StreamWriter] = []

    async def __aenter__(self) -> HeldUpstream:
        self._server = await asyncio.start_server(self._hold, "127.0.0.1", backlog=500)
        self.base = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self.release.set()
        self._server.close()
        for writer in self._writers:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def _hold(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                await reader.readuntil(b"\r\n\r\n")
                self.held += 1
                await self.release.wait()
                writer.write(ANSWER)

    def settings(self, **more: str) -> dict[str, str]:
        """The settings of a service that calls it, and waits long."""
        key = {"STRIPE_SECRET_KEY": "sk_test_any", "STRIPE_API_BASE": self.base, "ALLOW_ANONYMOUS": "true"}
        timeouts = {"STRIPE_TIMEOUT": "120", "OPERATION_DEADLINE": "120", "STRIPE_MAX_CONNECTIONS": "300"}
        return {**key, **timeouts, "DRAIN_SECONDS": "0", **more}


def _outcomes(server: Running) -> list[str]:
    events = [json.loads(line) for line in server.output().splitlines()]
    return [event["outcome"] for event in events if event["event"] == "operation"]


async def until(condition) -> None:
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110  # it is true outside of this process
            await asyncio.sleep(0.02)


def is_open(base: str) -> bool:
    with socket.socket() as trying:
        return trying.connect_ex(("127.0.0.1", urlsplit(base).port)) == 0


@pytest.fixture
async def client():
    async with httpx.AsyncClient(timeout=120, limits=httpx.Limits(max_connections=None)) as client:
        yield client


async def test_while_it_drains_it_serves_and_says_that_it_goes(tmp_path, client):
    with running("server.py", folder=tmp_path, DRAIN_SECONDS="600") as server:
        assert (await client.get(f"{server.base}/readyz")).status_code == 200
        server.process.terminate()
        await until(lambda: httpx.get(f"{server.base}/readyz").status_code != 200)
        ready = await client.get(f"{server.base}/readyz")
        assert (ready.status_code, ready.json()) == (503, {"status": "draining"})
        assert (await client.get(f"{server.base}/healthz")).status_code == 200
        answer = await client.post(f"{server.base}/graphql", json=CARD)
        assert answer.json() == {"data": {"paymentMethod": {"id": JENNYS_CARD}}}
        assert answer.headers["connection"] == "close"
        server.process.send_signal(signal.SIGINT)
        await asyncio.to_thread(server.process.wait, 60)


@pytest.fixture
def hang_up_is_not_ignored():
    """The service ignores SIGHUP where its parent does, as under nohup. The tests may run under nohup too."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.usefixtures("hang_up_is_not_ignored")
@pytest.mark.parametrize(
    ("number", "workers"), [(signal.SIGTERM, "1"), (signal.SIGHUP, "1"), (signal.SIGTERM, "2"), (signal.SIGHUP, "2")]
)
async def test_requests_in_flight_are_finished_after_the_port_is_closed(tmp_path, client, number, workers):
    async with HeldUpstream() as upstream:
        with running("server.py", "--workers", workers, folder=tmp_path, **upstream.settings()) as server:
            asking = [asyncio.create_task(client.post(f"{server.base}/graphql", json=CARD)) for _ in range(200)]
            await until(lambda: upstream.held == 200)
            server.process.send_signal(number)
            await until(lambda: not is_open(server.base))
            assert server.process.poll() is None
            upstream.release.set()
            answers = await asyncio.gather(*asking)
            await asyncio.to_thread(server.process.wait, 60)
            outcomes = _outcomes(server)
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.json()["data"]["paymentMethod"]["id"] for answer in answers} == {JENNYS_CARD}
    assert outcomes == ["ok"] * 200


async def test_it_does_not_wait_for_ever(tmp_path, client):
    async with HeldUpstream() as upstream:
        with running("server.py", folder=tmp_path, **upstream.settings(SHUTDOWN_DEADLINE="1")) as server:
            asking = asyncio.create_task(client.post(f"{server.base}/graphql", json=CARD))
            await until(lambda: upstream.held == 1)
            server.process.terminate()
            await asyncio.to_thread(server.process.wait, 60)
            assert (await asking).status_code == 500
            assert _outcomes(server) == ["error"]


async def test_workers_end_with_the_process_that_started_them(tmp_path):
    settings = {"STRIPE_SECRET_KEY": "sk_test_any", "ALLOW_ANONYMOUS": "true", "DRAIN_SECONDS": "0"}
    with running("server.py", "--workers", "2", folder=tmp_path, **settings) as server:
        server.process.kill()
        server.process.wait(20)
        await until(lambda: not is_open(server.base))


class Load:
    """Many clients that ask all the time."""

    def __init__(self, client: httpx.AsyncClient, base: str) -> None:
        self.good = 0
        self.bad: list[str] = []
        self._stop = False
        self._tasks = [asyncio.create_task(self._ask(client, base)) for _ in range(20)]

    async def _ask(self, client: httpx.AsyncClient, base: str) -> None:
        while not self._stop:
            try:
                answer = await client.post(f"{base}/graphql", json=CARD)
            except httpx.TransportError as error:
                self.bad.append(repr(error))
                continue
            if answer.status_code == 200 and answer.json() == {"data": {"paymentMethod": {"id": JENNYS_CARD}}}:
                self.good += 1
            else:
                self.bad.append(f"{answer} {answer.text}")

    async def more(self, count: int) -> None:
        """Wait until so many more have been answered."""
        goal = self.good + count
        await until(lambda: self.good >= goal)

    async def end(self) -> None:
        self._stop = True
        await asyncio.gather(*self._tasks)


@pytest.mark.parametrize("workers", ["1", "2"])
async def test_a_rolling_restart_behind_nginx_fails_no_request(tmp_path, client, workers):
    ports = [str(free_port()), str(free_port())]
    with contextlib.ExitStack() as stack:
        sandbox = stack.enter_context(running("-m", "sandbox", folder=tmp_path, ready="/v1/customers"))
        key = {"STRIPE_SECRET_KEY": "sk_test_any", "STRIPE_API_BASE": sandbox.base, "ALLOW_ANONYMOUS": "true"}

        def start(port):
            command = ("server.py", "--workers", workers)
            return stack.enter_context(running(*command, folder=tmp_path, port=port, **key, DRAIN_SECONDS="0.5"))

        replicas = [start(port) for port in ports]
        base = stack.enter_context(proxies.nginx(tmp_path, *ports))
        load = Load(client, base)
        for replica, port in zip(replicas, ports, strict=True):
            await load.more(200)
            replica.process.terminate()
            await asyncio.to_thread(replica.process.wait, 60)
            await load.more(200)
            await asyncio.to_thread(start, port)
        await load.more(200)
        await load.end()
    assert load.bad == []
