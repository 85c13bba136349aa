"""Stripe for one GraphQL operation: the endpoints, within the operation's deadline and limits."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Generic, TypeVar

import httpx

from stripe_api.call_record import CallRecord, OnCall
from stripe_api.endpoints.customer_sessions import CustomerSessions
from stripe_api.endpoints.customers import Customers
from stripe_api.endpoints.ephemeral_keys import EphemeralKeys
from stripe_api.endpoints.events import Events
from stripe_api.endpoints.mandates import Mandates
from stripe_api.endpoints.payment_intents import PaymentIntents
from stripe_api.endpoints.payment_methods import PaymentMethods
from stripe_api.endpoints.setup_intents import SetupIntents
from stripe_api.endpoints.subscriptions import Subscriptions
from stripe_api.endpoints.webhook_endpoints import WebhookEndpoints
from stripe_api.errors import APIError, NotSent, StripeError, TooManyCalls
from stripe_api.failures.failure_reasons import Reason
from stripe_api.failures.tracebacks import release_frames
from stripe_api.ids import check_ids, name_in
from stripe_api.objects import Endpoints, StripeRequest, StripeResponse
from stripe_api.rate_limiting.caller_limit import CallerLimit
from stripe_api.rate_limiting.waiting_queue import Urgency
from stripe_api.read_cache.cache import OperationCache
from stripe_api.read_cache.own_writes import Write
from stripe_api.read_cache.reads import cacheable_read
from stripe_api.read_cache.storage import Hit

if TYPE_CHECKING:
    from stripe_api.client import StripeClient


E = TypeVar("E", bound=Endpoints)


class _EndpointsOf(Generic[E]):
    """Creates the endpoints on each access. If the session kept them, they would be a reference cycle."""

    def __init__(self, kind: type[E]) -> None:
        self._kind = kind

    def __get__(self, session: StripeSession, owner: type[StripeSession]) -> E:
        return self._kind(session._request)


class StripeSession:
    """The endpoints of Stripe for one operation. `calls` has the record of each call, in the order of their start.

    Reads may be answered by `cache`, without a call, until the operation begins to write. All calls are made for the
    connected account `account`, if there is one.
    """

    def __init__(
        self,
        client: StripeClient,
        deadline: float | None,
        on_call: OnCall | None,
        limit: CallerLimit | None,
        cache: OperationCache | None = None,
        account: str | None = None,
    ) -> None:
        self._client = client
        self._cache = cache
        self._limit = limit
        self._account = account
        self._on_call = on_call
        self._urgency = Urgency.READ
        self._later_steps = 0
        self.deadline = deadline
        self.calls: list[CallRecord] = []

    @property
    def hits(self) -> Sequence[Hit]:
        """The reads that were answered from the read cache."""
        return self._cache.hits if self._cache is not None else ()

    customer_sessions = _EndpointsOf(CustomerSessions)
    customers = _EndpointsOf(Customers)
    ephemeral_keys = _EndpointsOf(EphemeralKeys)
    events = _EndpointsOf(Events)
    mandates = _EndpointsOf(Mandates)
    payment_intents = _EndpointsOf(PaymentIntents)
    payment_methods = _EndpointsOf(PaymentMethods)
    setup_intents = _EndpointsOf(SetupIntents)
    subscriptions = _EndpointsOf(Subscriptions)
    webhook_endpoints = _EndpointsOf(WebhookEndpoints)

    async def evict_wallet(self, wallet: str, payment_method: str) -> None:
        """Drop what is cached of a wallet in which a payment method was saved elsewhere, before its event arrives."""
        if self._client.own_writes is not None:
            names = (name_in(self._account, id) for id in (wallet, payment_method))
            await self._client.own_writes.evict(*names)

    def begin_write(self) -> None:
        """Give all further calls the urgency of a write, and of a write in progress once one was sent."""
        self._urgency = Urgency.WRITE

    def reserve_time(self, steps: int) -> _ReservedTime:
        """Divide the remaining time equally between the calls in this block and `steps` later steps."""
        return _ReservedTime(self, steps)

    def _call_deadline(self) -> float | None:
        if self.deadline is None or not self._later_steps:
            return self.deadline
        now = asyncio.get_running_loop().time()
        return now + (self.deadline - now) / (1 + self._later_steps)

    async def _request(self, request: StripeRequest) -> StripeResponse:
        check_ids(request.ids, request.params)
        cache, writes = self._cache, self._client.own_writes
        if request.method == "POST" and writes is not None:
            wallet = cache.wallet if cache is not None else None
            return await writes.send(Write(request, wallet, self._account), partial(self._call, request))
        # A mutation never uses or returns what was cached before it.
        if cache is not None and self._urgency is Urgency.READ:
            read = cacheable_read(request.path, request.ids, request.params, self._account)
            if read is not None:
                return await cache.cache.read(read, partial(self._call, request), cache, self._call_deadline())
        return await self._call(request)

    async def _call(self, request: StripeRequest) -> StripeResponse:
        write = request.method == "POST"
        call = self._start_call(f"{request.method} {request.path}", write=write)
        try:
            response = await self._send(self._client.build(request, self._account), call)
            if write:
                self._urgency = Urgency.FINISHING
            return response
        except StripeError as error:
            call.reason = _failure_reason(call, error)
            call.setting = error.setting if isinstance(error, NotSent) else None
            call.body = error.body if isinstance(error, APIError) else None
            release_frames(error)
            if write and (error.after_lost_response or error.outcome_unknown):
                self._urgency = Urgency.FINISHING
            raise
        except asyncio.CancelledError:
            call.reason = Reason.CANCELLED
            raise
        finally:
            call.seconds = time.perf_counter() - call.started
            if self._on_call is not None:
                self._on_call(call)

    def _start_call(self, endpoint: str, *, write: bool) -> CallRecord:
        if len(self.calls) >= self._client.max_calls:
            raise TooManyCalls(self._client.max_calls)
        urgency = min(self._urgency, Urgency.WRITE) if write else self._urgency
        call = CallRecord(endpoint, time.perf_counter(), urgency, account=self._account)
        self.calls.append(call)
        return call

    async def _send(self, request: httpx.Request, call: CallRecord) -> StripeResponse:
        """Send the request as soon as the caller's limit allows it."""
        if self._limit is None:
            return await self._client.send(request, call, self._call_deadline())
        held = await self._limit.acquire(call.urgency, self._call_deadline())
        try:
            return await self._client.send(request, call, self._call_deadline())
        finally:
            if held is not None:
                held.release()


def _failure_reason(call: CallRecord, error: StripeError) -> Reason | None:
    """The reason of the failure. If a retry could not be sent, the reason of that retry is more precise."""
    not_sent = isinstance(error, NotSent) or error.failure_reason is Reason.DEADLINE
    return call.retry_reason if not_sent and call.retry_reason else error.failure_reason


class _ReservedTime:
    """The context manager of `StripeSession.reserve_time`."""

    __slots__ = ("_before", "_session", "_steps")

    def __init__(self, session: StripeSession, steps: int) -> None:
        self._session = session
        self._steps = steps
        self._before = session._later_steps

    def __enter__(self) -> None:
        self._session._later_steps = self._steps

    def __exit__(self, *_: object) -> None:
        self._session._later_steps = self._before
