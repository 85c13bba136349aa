"""The sandbox as an ASGI app: Stripe's endpoints under /v1, and its own control routes under /_sandbox."""

import time
from collections.abc import Callable

from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from sandbox.control.fault_injection import inject_fault
from sandbox.control.faults import FaultQueue
from sandbox.control.routes import control_app
from sandbox.http.connection import Connection
from sandbox.request_handling import RequestHandler
from sandbox.seed import seed_store
from sandbox.state.clock import Clock
from sandbox.state.ledger import Ledger
from sandbox.state.settings import AccountSettings
from sandbox.state.store import Store


class Sandbox:
    """Imitates Stripe's API in memory. Tests in the same process may use its parts directly."""

    def __init__(self, store: Store, *, seed: bool, settings: AccountSettings, public_url: str | None) -> None:
        self.store = store
        self.faults = FaultQueue()
        self._settings = settings
        self._handler = RequestHandler(store, public_url=public_url)
        self._control = control_app(store, self.faults, self.reset)
        self.reset(seed)

    @property
    def ledger(self) -> Ledger:
        """Every change of state."""
        return self.store.ledger

    def reset(self, seed: bool = True) -> None:
        """Deletes all objects, faults, idempotency keys and ledger entries, and resets the clock and the settings."""
        self.store.clear()
        self.store.clock.reset()
        self.store.settings = self._settings
        self.faults.clear()
        self._handler.idempotency_keys.clear()
        if seed:
            seed_store(self.store)
        self.ledger.clear()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles one ASGI connection."""
        if scope["type"] == "http" and not f"{scope['path']}/".startswith("/_sandbox/"):
            await self._respond(Connection(scope, receive, send))
        else:
            # The control routes contain the whole path, even where this app is mounted below another one.
            await self._control({**scope, "root_path": ""}, receive, send)

    async def _respond(self, connection: Connection) -> None:
        try:
            http = await connection.read()
        except ClientDisconnect:
            return
        fault = self.faults.take(http.method, http.path)
        forget_key = self.faults.take_forget_idempotency(http.method, http.path)
        request = self._handler.prepare(http)
        if fault:
            await inject_fault(fault, request, connection, forget_key=forget_key)
            return
        response = request.run()
        if forget_key:
            request.release_key()
        await connection.send(response)


def create_sandbox(
    *,
    seed: bool = True,
    clock: Callable[[], float] = time.time,
    refuse_failed_checks: bool = False,
    public_url: str | None = None,
) -> Sandbox:
    """Returns a new sandbox that shares nothing with others.

    `clock` returns the seconds since 1970. `refuse_failed_checks` imitates an account whose Radar rules turn a failed
    CVC or postal code check into a card error. `public_url` is the URL under which browsers reach the sandbox, for the
    links to its 3-D Secure page; by default it is the URL of the request.
    """
    settings = AccountSettings(refuse_failed_checks=refuse_failed_checks)
    return Sandbox(Store(Clock(clock)), seed=seed, settings=settings, public_url=public_url)
