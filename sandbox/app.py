"""The sandbox as an ASGI app: Stripe's endpoints under /v1, its own controls under /_sandbox."""

import time
from collections.abc import Callable

from starlette.types import Receive, Scope, Send

from sandbox.control.fault_injection import misbehave
from sandbox.control.faults import Faults
from sandbox.control.routes import control_app
from sandbox.http.connection import Connection
from sandbox.http.request import Incoming
from sandbox.request_handling import Api
from sandbox.seed import plant
from sandbox.state.clock import Clock
from sandbox.state.ledger import Ledger
from sandbox.state.store import Store


class Sandbox:
    """Plays Stripe from memory. Its parts are open to tests that run in the same process."""

    def __init__(self, store: Store, *, seed: bool, refuse_failed_checks: bool, public_url: str | None) -> None:
        self.store = store
        self._refuse_failed_checks = refuse_failed_checks
        self.faults = Faults()
        self._api = Api(store, public_url=public_url)
        self._control = control_app(store, self.faults, self.reset)
        self.reset(seed)

    @property
    def ledger(self) -> Ledger:
        """Every change of state that was really made."""
        return self.store.ledger

    def reset(self, seed: bool = True) -> None:
        """Begins anew: without objects, faults, idempotency keys and ledger, the clock right. Seeds if told so."""
        self.store.clear()
        self.store.clock.reset()
        self.store.refuse_failed_checks = self._refuse_failed_checks
        self.faults.clear()
        self._api.keys.clear()
        if seed:
            plant(self.store)
        self.ledger.clear()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request, as ASGI has it."""
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
        elif scope["type"] != "http":
            raise RuntimeError(f"The sandbox does not speak {scope['type']}.")
        elif scope["path"] == "/_sandbox" or scope["path"].startswith("/_sandbox/"):
            # Where this app is mounted, the path is still whole, and the routes are written for the whole of it.
            await self._control({**scope, "root_path": ""}, receive, send)
        else:
            await self._play(Connection(scope, receive, send))

    async def _play(self, connection: Connection) -> None:
        incoming = await connection.read()
        if incoming is not None:
            await self._respond(incoming, connection)

    async def _respond(self, incoming: Incoming, connection: Connection) -> None:
        fault = self.faults.take(incoming.method, incoming.path)
        forget = self.faults.forgets(incoming.method, incoming.path)
        work = self._api.accept(incoming)
        if fault:
            await misbehave(fault, work, connection, forget=forget)
            return
        answer = work.perform()
        if forget:
            work.abandon()
        await connection.send(answer)


def create_sandbox(
    *,
    seed: bool = True,
    clock: Callable[[], float] = time.time,
    refuse_failed_checks: bool = False,
    public_url: str | None = None,
) -> Sandbox:
    """Returns a sandbox of its own, sharing nothing with another.

    `clock` gives the seconds since 1970. `refuse_failed_checks` plays an account whose Radar rules turn a failed CVC
    or postal code check into a card error. `public_url` is where a browser meets the sandbox, for the links to its
    3-D Secure page; left out, it is where the caller met it.
    """
    return Sandbox(Store(Clock(clock)), seed=seed, refuse_failed_checks=refuse_failed_checks, public_url=public_url)


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        phase = (await receive())["type"].removeprefix("lifespan.")
        await send({"type": f"lifespan.{phase}.complete"})
        if phase == "shutdown":
            return
