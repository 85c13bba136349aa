"""The sandbox as an ASGI app: Stripe's endpoints under /v1, and its own control routes under /_sandbox."""

import time
from collections.abc import Callable, Sequence

from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from sandbox.control.apply_faults import inject_fault
from sandbox.control.fault_kinds import RequestFaultQueue
from sandbox.control.routes import CreateToken, control_app
from sandbox.events.delivery import Deliver
from sandbox.events.webhook_sender import WebhookSender
from sandbox.http.connection import Connection
from sandbox.objects.webhooks.webhook_endpoint import forwarding_endpoint
from sandbox.request_handling import RequestHandler
from sandbox.seed import seed_platform
from sandbox.state.clock import Clock
from sandbox.state.environment import Environment
from sandbox.state.ids import new_webhook_secret
from sandbox.state.ledger import Ledger
from sandbox.state.settings import RETRY_PAUSES, AccountSettings
from sandbox.state.store import Store


class Sandbox:
    """Imitates Stripe's API in memory. Tests in the same process may use its parts directly."""

    def __init__(
        self,
        store: Store,
        webhooks: WebhookSender,
        *,
        seed: bool,
        settings: AccountSettings,
        public_url: str | None,
        on_reset: Callable[[], None] | None,
        create_token: CreateToken | None,
    ) -> None:
        self.store = store
        self.webhooks = webhooks
        self.faults = RequestFaultQueue()
        self._settings = settings
        self._on_reset = on_reset
        self._handler = RequestHandler(store, public_url=public_url)
        self._control = control_app(store, webhooks, self.faults, self.reset, create_token)
        self.reset(seed)

    @property
    def ledger(self) -> Ledger:
        """Every change of state."""
        return self.store.ledger

    def reset(self, seed: bool = True) -> None:
        """Deletes all objects, deliveries, faults, idempotency keys and ledger entries. Resets clock and settings."""
        self.store.clear()
        self.store.environment.reset_forwarding()
        self.store.clock.reset()
        self.store.settings = self._settings
        self.faults.clear()
        self.webhooks.clear()
        if seed:
            seed_platform(self.store)
        self.ledger.clear()
        if self._on_reset is not None:
            self._on_reset()

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
    deliver: Deliver | None = None,
    forward_to: str | None = None,
    webhook_secret: str | None = None,
    retry_pauses: Sequence[float] = RETRY_PAUSES,
    on_reset: Callable[[], None] | None = None,
    create_token: CreateToken | None = None,
) -> Sandbox:
    """Returns a new sandbox that shares nothing with others.

    `clock` returns the seconds since 1970. `refuse_failed_checks` imitates an account whose Radar rules turn a failed
    CVC or postal code check into a card error. `public_url` is the URL under which browsers reach the sandbox, for the
    links to its 3-D Secure page; by default it is the URL of the request.

    `deliver` sends the requests to webhook endpoints. Without it, events are only listed. `forward_to` is the URL of an
    additional endpoint that gets every event, and `webhook_secret` signs its deliveries; by default it is a new one.
    A delivery that fails is repeated after each of the `retry_pauses`, in seconds.

    A reset sends no events. `on_reset` is called after each, and when the sandbox is created.

    `create_token` returns the token that `/_sandbox/tokens` gives out for a customer. Without it there are no tokens.

    Events are sent while the app's lifespan runs. Where this app is mounted in another one, whose lifespan it doesn't
    get, that one must enter `sandbox.webhooks.running()`.
    """
    settings = AccountSettings(refuse_failed_checks=refuse_failed_checks, retry_pauses=tuple(retry_pauses))
    endpoint = forwarding_endpoint(forward_to, webhook_secret or new_webhook_secret()) if forward_to else None
    store = Store(Environment(Clock(clock), forward_to=endpoint))
    webhooks = WebhookSender(store, deliver)
    return Sandbox(
        store,
        webhooks,
        seed=seed,
        settings=settings,
        public_url=public_url,
        on_reset=on_reset,
        create_token=create_token,
    )
