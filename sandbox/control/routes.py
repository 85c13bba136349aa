"""The control routes under /_sandbox. Unlike Stripe's endpoints they accept and return JSON."""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.catalog import CatalogGroup, card_groups
from sandbox.control.authentication_page import authentication_routes
from sandbox.control.fault_kinds import KINDS, RequestFaultQueue
from sandbox.control.request_body import (
    ConnectedAccount,
    CustomerAccount,
    MandateChange,
    PaymentOutcome,
    SecretRoll,
    card_update,
    changed_settings,
    customer,
    delivery_fault,
    fault,
    read,
    seconds,
    seed,
)
from sandbox.control.same_origin import check_origin
from sandbox.errors import MissingResource, StripeError
from sandbox.events.delivery_faults import KINDS as DELIVERY_KINDS
from sandbox.events.webhook_sender import WebhookSender
from sandbox.http.api_request import ApiRequest
from sandbox.json_object import Json
from sandbox.objects.customers.customer import Customer
from sandbox.operations.customers.add_customer_account import add_customer_account
from sandbox.operations.customers.find_customer import find_customer
from sandbox.operations.intents.settle_payment import settle, settle_due
from sandbox.operations.payment_methods.change_mandate import change_status
from sandbox.operations.payment_methods.find_payment_method import find_payment_method
from sandbox.operations.payment_methods.update_card_automatically import update_card
from sandbox.operations.roll_webhook_secret import roll_secret
from sandbox.seed import seed_account
from sandbox.state.fault_queue import F, FaultQueue
from sandbox.state.store import Store

_DIGITS = re.compile(r"[0-9]{1,18}")

Handler = Callable[[Request], Awaitable[Response]]

CreateToken = Callable[[str], str]
"""Returns a token of the service that serves this sandbox, for the customer with that id."""


@dataclass(frozen=True)
class _Handlers:
    """`reset` empties the sandbox, and seeds it if its argument is true. `create_token` is that of `create_sandbox`."""

    _store: Store
    _webhooks: WebhookSender
    _faults: RequestFaultQueue
    _reset: Callable[[bool], None]
    _create_token: CreateToken | None

    async def overview(self, request: Request) -> Response:
        faults = len(self._faults.pending())
        return JSONResponse({**self._store.counts(), "faults": faults, "time": self._store.now()})

    async def list_customers(self, request: Request) -> Response:
        return JSONResponse({"customers": [_named(customer) for customer in self._store.customers.oldest_first()]})

    async def list_test_cards(self, request: Request) -> Response:
        return JSONResponse({"groups": [_test_cards(group) for group in card_groups()]})

    async def create_token(self, request: Request) -> Response:
        if self._create_token is None:
            raise HTTPException(404, "This sandbox creates no tokens: the service's tokens have another secret.")
        named = find_customer(self._store, await customer(request))
        return JSONResponse({"token": self._create_token(named.id)}, 201, headers={"cache-control": "no-store"})

    async def list_ledger(self, request: Request) -> Response:
        return JSONResponse({"entries": [entry.summary() for entry in self._store.ledger.entries(_after(request))]})

    async def list_deliveries(self, request: Request) -> Response:
        deliveries = self._webhooks.deliveries(_after(request))
        return JSONResponse({"deliveries": [delivery.summary() for delivery in deliveries]})

    async def update_card(self, request: Request) -> Response:
        update = await card_update(request)
        store = self._store_of(update.account)
        method = find_payment_method(store, update.payment_method)
        return JSONResponse(update_card(store, method, update.changes()))

    async def add_customer_account(self, request: Request) -> Response:
        named = await read(CustomerAccount, request)
        store = self._store_of(named.account)
        return JSONResponse(add_customer_account(store, find_customer(store, named.customer)))

    async def list_connected_accounts(self, request: Request) -> Response:
        return JSONResponse({"accounts": list(self._store.connected)})

    async def add_connected_account(self, request: Request) -> Response:
        """Connects an account. One that is connected already starts again."""
        added = await read(ConnectedAccount, request)
        store = self._store.connect(added.account)
        if added.seed:
            seed_account(store)
        return JSONResponse({"account": added.account, **store.counts()}, 201)

    async def remove_connected_account(self, request: Request) -> Response:
        """Disconnects an account, which revokes the platform's access to it."""
        removed = await read(ConnectedAccount, request)
        self._store.connected.pop(removed.account, None)
        return JSONResponse({"accounts": list(self._store.connected)})

    async def change_mandate(self, request: Request) -> Response:
        change = await read(MandateChange, request)
        # The payer's bank makes the change, so the event names no request.
        by_bank = ApiRequest("/_sandbox/mandates")
        return JSONResponse(change_status(self._store_of(change.account), by_bank, change.mandate, change.status))

    async def settle_payment(self, request: Request) -> Response:
        named = await read(PaymentOutcome, request)
        store = self._store_of(named.account)
        intent = store.payment_intents.find(named.payment_intent, "intent")
        settle(store, intent, named.outcome)
        return JSONResponse(intent.body)

    async def roll_secret(self, request: Request) -> Response:
        roll = await read(SecretRoll, request)
        secret = roll_secret(self._store_of(roll.account), roll.webhook_endpoint, roll.expires_in)
        return JSONResponse({"webhook_endpoint": roll.webhook_endpoint, "secret": secret})

    async def reset(self, request: Request) -> Response:
        self._reset(await seed(request))
        return JSONResponse(self._store.counts())

    async def advance(self, request: Request) -> Response:
        self._store.clock.advance(await seconds(request))
        settle_due(self._store)
        return JSONResponse({"time": self._store.now()})

    async def change_settings(self, request: Request) -> Response:
        self._store.settings = await changed_settings(request, self._store.settings)
        return JSONResponse(asdict(self._store.settings))

    def _store_of(self, account: str | None) -> Store:
        if account is not None and account not in self._store.connected:
            raise MissingResource("account", account, "account")
        return self._store if account is None else self._store.connected[account]


def control_app(
    store: Store,
    webhooks: WebhookSender,
    faults: RequestFaultQueue,
    reset: Callable[[bool], None],
    create_token: CreateToken | None,
) -> Starlette:
    """Returns the app of the control routes and the 3-D Secure page. Events are sent during its lifespan."""
    handlers = _Handlers(store, webhooks, faults, reset, create_token)
    return Starlette(
        routes=[
            _route("/_sandbox", GET=handlers.overview),
            _route("/_sandbox/customers", GET=handlers.list_customers),
            _route("/_sandbox/test_cards", GET=handlers.list_test_cards),
            _route("/_sandbox/tokens", POST=handlers.create_token),
            _fault_route("/_sandbox/faults", faults, KINDS, fault),
            _route("/_sandbox/ledger", GET=handlers.list_ledger),
            _fault_route("/_sandbox/delivery_faults", webhooks.faults, DELIVERY_KINDS, delivery_fault),
            _route("/_sandbox/deliveries", GET=handlers.list_deliveries),
            _route("/_sandbox/card_updates", POST=handlers.update_card),
            _route("/_sandbox/customer_accounts", POST=handlers.add_customer_account),
            _route("/_sandbox/mandates", POST=handlers.change_mandate),
            _route("/_sandbox/payments", POST=handlers.settle_payment),
            _route(
                "/_sandbox/connected_accounts",
                GET=handlers.list_connected_accounts,
                POST=handlers.add_connected_account,
                DELETE=handlers.remove_connected_account,
            ),
            _route("/_sandbox/webhook_secrets", POST=handlers.roll_secret),
            _route("/_sandbox/reset", POST=handlers.reset),
            _route("/_sandbox/advance", POST=handlers.advance),
            _route("/_sandbox/settings", POST=handlers.change_settings),
            *authentication_routes(store),
        ],
        exception_handlers=dict.fromkeys((HTTPException, StripeError, ValueError), _error_response),
        lifespan=lambda app: webhooks.running(),
    )


def _named(customer: Customer) -> Json:
    body = customer.body
    return {"id": customer.id, "name": body.get("name"), "email": body.get("email"), "deleted": customer.is_deleted}


def _test_cards(group: CatalogGroup) -> Json:
    cards = [{"token": entry.id, "card": entry.summary, "effect": entry.details} for entry in group.entries]
    return {"title": group.title, "cards": cards}


def _after(request: Request) -> int:
    after = request.query_params.get("after", "0")
    if not _DIGITS.fullmatch(after):
        raise HTTPException(400, "after must be a whole number.")
    return int(after)


def _route(path: str, **by_method: Handler) -> Route:
    async def endpoint(request: Request) -> Response:
        check_origin(request)
        return await by_method["GET" if request.method == "HEAD" else request.method](request)

    return Route(path, endpoint, methods=list(by_method))


def _fault_route(
    path: str, queue: FaultQueue[F], kinds: Sequence[str], read_fault: Callable[[Request], Awaitable[F]]
) -> Route:
    """Returns the route that lists, adds and deletes the faults of the queue."""

    async def list_pending(request: Request) -> Response:
        return JSONResponse({"kinds": kinds, "faults": [asdict(fault) for fault in queue.pending()]})

    async def add(request: Request) -> Response:
        return JSONResponse(asdict(queue.add(await read_fault(request))), 201)

    async def clear(request: Request) -> Response:
        queue.clear()
        return JSONResponse({"faults": []})

    return _route(path, GET=list_pending, POST=add, DELETE=clear)


async def _error_response(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 400
    return JSONResponse({"error": {"message": _message(error)}}, status)


def _message(error: Exception) -> str:
    if isinstance(error, HTTPException):
        return error.detail
    if isinstance(error, StripeError):
        return str(error)
    if isinstance(error, ValidationError):
        problems = [f"{one['loc'][0]}: {one['msg'].removeprefix('Value error, ')}" for one in error.errors()]
        return f"{'; '.join(problems)}."
    return f"{error}."
