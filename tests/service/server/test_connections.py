"""Every state of a connection ends within its bound, whatever the client does, and gives its descriptor back."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx
import psutil
import pytest
from pydantic import SecretStr

from quality.harness.processes import Running, running
from quality.harness.tokens import bearer
from quality.harness.wallets import AMARA
from serving.server.resources import MAX_CONNECTIONS, OTHER_DESCRIPTORS, max_connections
from serving.settings.settings import Settings

SECRET = "0123456789abcdef0123456789abcdef"
SETTINGS = Settings(sandbox=True, auth_secret=SecretStr(SECRET), allow_anonymous=False)
BOUNDS = {"BODY_TIMEOUT": "1", "SEND_TIMEOUT": "1", "KEEP_ALIVE_TIMEOUT": "1"}
LONGEST = 12.0
"""Seconds; the bounds add up to four, and the machine may be busy."""

TOKEN = f"Authorization: {bearer(SETTINGS, customer=AMARA)['Authorization']}\r\n"
UNNAMED_CALLER = f"Authorization: {bearer(SETTINGS)['Authorization']}\r\n"
VIEWER = json.dumps({"query": "{ viewer { kind } }"})


def head(line: str = "POST /graphql", *more: str, length: int | None = 1000) -> bytes:
    size = f"Content-Length: {length}\r\n" if length is not None else ""
    return f"{line} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{''.join(more)}{size}\r\n".encode()


CHUNKED = "Transfer-Encoding: chunked\r\n"
PAGE = f"GET /schema.graphql HTTP/1.1\r\nHost: localhost\r\n{TOKEN}\r\n".encode()
UNKNOWN_KEY = "Authorization: Bearer eyJhbGciOiJSUzI1NiIsImtpZCI6ImsifQ.e30.AAAA\r\n"
WHOLE = head("POST /graphql", TOKEN, length=len(VIEWER)) + VIEWER.encode()


@dataclass
class Held:
    """The bytes that a client sends before it stops, the expected status, and the bytes that it sends later."""

    sent: bytes
    status: int | None
    then: bytes = b""


STATES = {
    "before the head": Held(b"", 408),
    "in the head": Held(b"POST /graphql HTTP/1.1\r\nHost: localhost\r\n", 408),
    "blank lines before the head": Held(b"\r\n\r\n", 408),
    "in the body": Held(head("POST /graphql", TOKEN) + b"{", 408),
    "in a chunk": Held(head("POST /graphql", TOKEN, CHUNKED, length=None) + b"5\r\n{", 408),
    "in the trailers": Held(head("POST /graphql", TOKEN, CHUNKED, length=None) + b"1\r\n{\r\n0\r\nX-A: b\r\n", 408),
    "waiting for 100 Continue": Held(head("POST /graphql", TOKEN, "Expect: 100-continue\r\n"), 100),
    "in the body of the sandbox": Held(head("POST /v1/customers"), 408),
    "after an upgrade": Held(head("POST /graphql", "Connection: upgrade\r\nUpgrade: h2c\r\n"), 401),
    "after 400": Held(b"nonsense\r\n\r\n", 400),
    "after 401": Held(head(), 401),
    "after 401, then a byte": Held(head(), 401, b"{"),
    "after 403, then a byte": Held(head("POST /graphql", UNNAMED_CALLER), 403, b"{"),
    "after 404, then a byte": Held(head("POST /nowhere"), 404, b"{"),
    "after 405, then a byte": Held(head("PUT /graphql", TOKEN), 405, b"{"),
    "after 413, then a byte": Held(head("POST /graphql", TOKEN, length=10**6) + b" " * 300_000, 413, b" "),
    "after 415, then a byte": Held(head("POST /graphql", TOKEN).replace(b"application/json", b"text/plain"), 415, b"{"),
    "after 431": Held(head("POST /graphql", f"X-Large: {'x' * 120_000}\r\n"), 431),
    "after a response": Held(WHOLE, 200),
    "after a response, then a blank line": Held(WHOLE, 200, b"\r\n"),
    "in the second head": Held(WHOLE, 200, b"POST /graphql HTTP/1.1\r\n"),
    "in the second body": Held(WHOLE, 200, head("POST /graphql", TOKEN) + b"{"),
    "a second head behind the first request": Held(WHOLE + b"POST /graphql HTTP/1.1\r\n", 200),
    "a second body behind the first request": Held(WHOLE + head("POST /graphql", TOKEN) + b"{", 200),
}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("connections")
    with running(
        "server.py", folder=folder, SANDBOX="true", AUTH_SECRET=SECRET, ALLOW_ANONYMOUS="false", **BOUNDS
    ) as server:
        yield server


@pytest.fixture(scope="module")
def server_without_issuer(tmp_path_factory):
    """A server that can't fetch its issuer's keys, so that it answers 503 before it reads a body."""
    issuer = {"AUTH_ISSUER": "http://127.0.0.1:9", "AUTH_AUDIENCE": "attache", "ALLOW_ANONYMOUS": "false"}
    key = {"STRIPE_SECRET_KEY": "sk_test_any"}
    with running("server.py", folder=tmp_path_factory.mktemp("issuer"), **issuer, **key, **BOUNDS) as server:
        yield server


def descriptors(server: Running) -> int:
    return psutil.Process(server.process.pid).num_fds()


def wait_for_descriptors(server: Running, before: int) -> None:
    """Fails when the server still has more descriptors open than before."""
    end = time.monotonic() + LONGEST
    while descriptors(server) > before and time.monotonic() < end:
        time.sleep(0.05)
    assert descriptors(server) <= before


def connect(server: Running, *, buffer: int | None = None) -> socket.socket:
    client = socket.socket()
    client.settimeout(LONGEST)
    if buffer is not None:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    client.connect(("127.0.0.1", int(server.base.rsplit(":", 1)[1])))
    return client


def status(received: bytes) -> int | None:
    return int(received.split(b" ", 2)[1]) if received else None


def until_closed(client: socket.socket) -> bytes:
    """All that comes until the server has closed the connection."""
    received = b""
    with contextlib.suppress(ConnectionError):
        while data := client.recv(65536):
            received += data
        # The server has said that it sends nothing more. It has let go when it resets what we send.
        for _ in range(int(LONGEST * 20)):
            client.send(b"x")
            time.sleep(0.05)
        pytest.fail("the server kept the connection")
    return received


def hold(server: Running, held: Held) -> int | None:
    """Send, fall silent and wait until the server has let go; the status of the response."""
    with connect(server) as client:
        client.sendall(held.sent)
        first = client.recv(65536)
        if held.then:
            client.sendall(held.then)
        return status(first + until_closed(client))


def half_close(server: Running, held: Held) -> float:
    """Send all that there is to send, say so, and wait; the seconds until the server has closed too."""
    with connect(server) as client:
        client.sendall(held.sent)
        client.shutdown(socket.SHUT_WR)
        began = time.monotonic()
        with contextlib.suppress(ConnectionError):
            while client.recv(65536):
                pass
        return time.monotonic() - began


def ignore_response(server: Running, *, half_closes: bool) -> None:
    """Ask for large responses, read none of them, and wait until the server has let go."""
    with connect(server, buffer=4096) as client:
        client.settimeout(0.5)
        with contextlib.suppress(OSError):
            for _ in range(300):
                client.sendall(PAGE)
        if half_closes:
            with contextlib.suppress(OSError):
                client.shutdown(socket.SHUT_WR)
        wait_until_let_go(server, client)


@pytest.fixture(scope="module")
def outcomes(server, server_without_issuer):
    """The outcome of each state. All connections are open at the same time, and all descriptors are released."""
    before = descriptors(server), descriptors(server_without_issuer)
    with ThreadPoolExecutor(100) as pool:
        futures = {f"silent {name}": pool.submit(hold, server, held) for name, held in STATES.items()}
        futures |= {f"half-closed {name}": pool.submit(half_close, server, held) for name, held in STATES.items()}
        futures["503"] = pool.submit(hold, server_without_issuer, Held(head("POST /graphql", UNKNOWN_KEY), 503, b"{"))
        for half_closes in (False, True):
            futures[f"unread {half_closes}"] = pool.submit(ignore_response, server, half_closes=half_closes)
    wait_for_descriptors(server, before[0])
    wait_for_descriptors(server_without_issuer, before[1])
    return futures


@pytest.mark.parametrize("state", STATES)
def test_a_silent_client_is_let_go(outcomes, state):
    assert outcomes[f"silent {state}"].result() == STATES[state].status


@pytest.mark.parametrize("state", STATES)
def test_a_client_that_has_half_closed_is_let_go(outcomes, state):
    assert outcomes[f"half-closed {state}"].result() < LONGEST


def test_after_503_a_byte_of_the_body_keeps_nothing_open(outcomes):
    assert outcomes["503"].result() == 503


@pytest.mark.parametrize("half_closes", [False, True])
def test_a_client_that_reads_no_response_is_let_go(outcomes, half_closes):
    assert outcomes[f"unread {half_closes}"].result() is None


def wait_until_let_go(server: Running, client: socket.socket) -> None:
    """Wait until the server's end of the connection is gone, without reading from ours."""
    address = client.getsockname()
    end = time.monotonic() + LONGEST
    while time.monotonic() < end:
        open_ones = psutil.Process(server.process.pid).net_connections("tcp")
        if not any(connection.raddr == address for connection in open_ones):
            return
        time.sleep(0.1)
    pytest.fail("the server kept the connection")


def test_who_does_not_read_is_not_answered_again(server):
    """The unread responses of one connection take no more memory than one response."""
    before = psutil.Process(server.process.pid).memory_info().rss
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(connect(server, buffer=4096)) for _ in range(20)]
        for client in clients:
            client.settimeout(0.01)
            with contextlib.suppress(ConnectionError, TimeoutError):
                client.sendall(PAGE * 500)
        time.sleep(0.5)
        assert psutil.Process(server.process.pid).memory_info().rss - before < 50 * 1024 * 1024


async def test_sigterm_ends_within_its_bound_though_no_client_reads(tmp_path):
    settings = {"DRAIN_SECONDS": "0", "SEND_TIMEOUT": "300", "SHUTDOWN_DEADLINE": "2"}
    with running("server.py", folder=tmp_path, **settings) as server, connect(server, buffer=4096) as client:
        client.settimeout(0.5)
        with contextlib.suppress(TimeoutError, ConnectionError):
            for _ in range(2000):
                client.send(PAGE)
        began = time.monotonic()
        server.process.terminate()
        await asyncio.to_thread(server.process.wait, 20)
        assert time.monotonic() - began < 2 + 1 + 5


# --- More connections than descriptors --------------------------------------------------------------------------------

LIMITED = """
import resource, runpy, sys
import serving.server.resources
resource.setrlimit(resource.RLIMIT_NOFILE, {limits})
serving.server.resources.OTHER_DESCRIPTORS = {others}
sys.argv[0] = "server.py"
runpy.run_path("server.py", run_name="__main__")
"""


def limited(soft: int, hard: int, *, others: int = OTHER_DESCRIPTORS) -> tuple[str, str]:
    """The command of a server with these limits of file descriptors, which keeps so many of them from clients."""
    return "-c", LIMITED.format(limits=(soft, hard), others=others)


def crowd(server: Running, size: int, stack: contextlib.ExitStack) -> list[bytes]:
    """Open so many connections and keep them; what the server said to those that it refused."""
    clients = [stack.enter_context(connect(server)) for _ in range(size)]
    time.sleep(0.5)
    said = []
    for client in clients:
        client.setblocking(False)
        with contextlib.suppress(BlockingIOError, ConnectionError):
            said.append(client.recv(4096))
    return said


def metrics(server: Running) -> str:
    return httpx.get(f"{server.base}/metrics").text


def events(server: Running, event: str) -> list[dict[str, object]]:
    lines = [json.loads(line) for line in server.output().splitlines()]
    return [line for line in lines if line["event"].startswith(event)]


def test_connections_above_the_cap_are_refused_and_logged_once(tmp_path):
    with running(*limited(256, 256), folder=tmp_path, BODY_TIMEOUT="60") as server:
        with contextlib.ExitStack() as stack:
            said = crowd(server, 400, stack)
            assert [status(one) for one in said] == [503] * (400 - (256 - OTHER_DESCRIPTORS))
            assert descriptors(server) < 256
        wait_for_descriptors(server, 30)
        assert httpx.get(f"{server.base}/readyz").status_code == 200
        assert [event["limit"] for event in events(server, "connections refused")] == [256 - OTHER_DESCRIPTORS]
        assert f"attache_connections_refused_total {400 - (256 - OTHER_DESCRIPTORS)}.0" in metrics(server)
        assert events(server, "accepting connections paused") == []


def test_without_free_descriptors_accepting_pauses_and_one_line_says_so(tmp_path):
    with running(*limited(256, 256, others=-1000), folder=tmp_path, BODY_TIMEOUT="60") as server:
        with contextlib.ExitStack() as stack:
            crowd(server, 400, stack)
            time.sleep(2)
            assert len(server.output().splitlines()) < 10
        wait_for_descriptors(server, 30)
        assert httpx.get(f"{server.base}/readyz", timeout=10).status_code == 200
        assert len(events(server, "accepting connections paused")) == 1
        assert "attache_accept_failures_total 0.0" not in metrics(server)


def test_the_soft_limit_of_descriptors_is_raised_to_the_hard_one(tmp_path):
    with running(*limited(128, 512), folder=tmp_path) as server:
        assert psutil.Process(server.process.pid).rlimit(psutil.RLIMIT_NOFILE) == (512, 512)


@pytest.mark.parametrize(
    ("descriptors", "outgoing", "most"),
    [(1024, 100, 860), (256, 0, 192), (256, 100, 92), (128, 100, 32), (2**63, 100, MAX_CONNECTIONS)],
)
def test_connections_leave_descriptors_to_calls(descriptors, outgoing, most):
    assert max_connections(descriptors, outgoing) == most
