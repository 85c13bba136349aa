"""The one path that every request to Stripe takes: key, version, deadline, retries, idempotency key."""

from __future__ import annotations

import asyncio
import itertools
import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

import httpx

from stripe_api import form
from stripe_api.endpoints.customers import Customers
from stripe_api.endpoints.payment_methods import PaymentMethods
from stripe_api.endpoints.setup_intents import SetupIntents
from stripe_api.endpoints.subscriptions import Subscriptions
from stripe_api.errors import APIConnectionError, NotSent, StripeError, TooManyCalls, release_frames
from stripe_api.failure_reasons import Reason
from stripe_api.ids import check_ids
from stripe_api.objects import Answer
from stripe_api.rate_limiting.caller_limit import CallerLimit
from stripe_api.rate_limiting.guard import PATIENCE, Care, Turn
from stripe_api.rate_limiting.scheduler import Urgency
from stripe_api.response import read_body, understand
from stripe_api.retries import delay_before
from stripe_api.transport import FAILURES, FRESH, failure

USER_AGENT = "Attache/0.1"
MAX_RESPONSE_BYTES = 4 * 1024 * 1024
"""Of one response. A page of 100 payment methods has about 130 kB; all connections may read one at once."""


@dataclass(slots=True)
class Call:
    """One request to Stripe, all its tries together. `endpoint` is its method and path, as in Stripe's reference.

    `replayed` tells that Stripe repeated the stored answer of an earlier request with the same idempotency key;
    `rate_limited`, how many tries were answered 429; `waited`, which part of `seconds` passed before its turns.
    `reason` says why the call failed; None for a response that is for the client. `retry_reason` says why it was sent
    again. `started` is a time of time.perf_counter. A call without `tries` was not sent.
    """

    endpoint: str
    started: float
    urgency: Urgency = Urgency.READ
    tries: int = 0
    waited: float = 0.0
    status: int | None = None
    request_id: str | None = None
    replayed: bool = False
    rate_limited: int = 0
    reason: Reason | None = None
    retry_reason: Reason | None = None
    seconds: float = 0.0


Ended = Callable[[Call], None]
"""Told of each request once it has ended, one way or the other."""


class StripeClient:
    """What all operations share: the transport, the key and the rules. Knows nothing of any one operation.

    Times are seconds: `try_timeout` bounds one try with its answer, `connect_timeout` the wait for a connection.
    `max_calls` bounds the requests of one operation, their tries not counted.
    """

    def __init__(
        self,
        transport: httpx.AsyncBaseTransport,
        *,
        api_key: str,
        base_url: str,
        api_version: str,
        try_timeout: float = 10.0,
        connect_timeout: float = 5.0,
        max_retries: int = 2,
        max_calls: int = 1000,
        max_answer_bytes: int = MAX_RESPONSE_BYTES,
        retry_delay: Callable[[int], float] = delay_before,
        care: Care | None = None,
    ) -> None:
        self._transport = transport
        self.care = care or Care()
        self._base_url = base_url.rstrip("/")
        self._try_timeout = try_timeout
        self._max_retries = max_retries
        self.max_calls = max_calls
        self._max_answer_bytes = max_answer_bytes
        self._retry_delay = retry_delay
        self._extensions = {"timeout": {"connect": connect_timeout, "pool": connect_timeout}}
        self._headers = {
            "Host": httpx.URL(base_url).netloc.decode(),
            "Authorization": f"Bearer {api_key}",
            "Stripe-Version": api_version,
            "User-Agent": USER_AGENT,
            "Accept": "application/json",
            "Accept-Encoding": "identity",
        }

    def operation(
        self, *, deadline: float | None = None, ended: Ended | None = None, limit: CallerLimit | None = None
    ) -> Stripe:
        """Stripe as one operation sees it. `deadline` is a time of the running event loop's clock."""
        return Stripe(self, deadline, ended, limit)

    async def aclose(self) -> None:
        """Close the connections."""
        await self.care.aclose()
        await self._transport.aclose()

    def build(
        self, method: str, path: str, params: Mapping[str, form.Value | None], idempotency_key: str | None
    ) -> httpx.Request:
        """The request, its parameters where the method wants them. A POST has an idempotency key, given or made."""
        headers, url, encoded, body = dict(self._headers), self._base_url + path, form.encode(params), b""
        if method == "POST":
            body = encoded.encode()
            headers["Idempotency-Key"] = idempotency_key or str(uuid.uuid4())
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers["Content-Length"] = str(len(body))
        elif encoded:
            url = f"{url}?{encoded}"
        # Given as a stream, and with all its headers, a request costs httpx a tenth of the work.
        stream = httpx.ByteStream(body)
        request = httpx.Request(method, _parsed(url), headers=headers, stream=stream, extensions=self._extensions)
        request.read()
        return request

    async def send(self, request: httpx.Request, call: Call, deadline: float | None) -> Answer:
        """The answer's object. Tries again by Stripe's own rule while the deadline allows. Raises StripeError."""
        lost = False
        for retry in itertools.count(1):
            try:
                return await self._try(request, call, deadline)
            except StripeError as error:
                if error.in_doubt and request.method == "POST":
                    call.urgency = Urgency.FINISHING
                again = error.retryable and retry <= self._max_retries
                if not again or not await _pause(self._delay(request, error, retry), deadline):
                    error.settle(after_lost_answer=lost, write=request.method == "POST")
                    raise
                call.retry_reason = error.failure_reason
                lost = lost or error.in_doubt
        raise AssertionError("unreachable")

    async def _try(self, request: httpx.Request, call: Call, deadline: float | None) -> Answer:
        now = asyncio.get_running_loop().time()
        if deadline is not None and deadline <= now:
            raise APIConnectionError(Reason.DEADLINE)
        turn = self.care.take(call.endpoint, call.urgency, now) or await self._wait(call, deadline)
        with turn:
            call.tries += 1
            call.status = None
            end = turn.began + self._try_timeout
            end = end if deadline is None else min(end, deadline)
            try:
                async with asyncio.timeout_at(end):
                    response = await self._transport.handle_async_request(request)
                    call.status, call.request_id = response.status_code, response.headers.get("request-id")
                    call.replayed = response.headers.get("idempotent-replayed") == "true"
                    call.rate_limited += response.status_code == 429
                    body = await read_body(response, limit=self._max_answer_bytes)
            except FAILURES as error:
                cut_short = end == deadline and end - turn.began < PATIENCE
                raise failure(error, cut_short=cut_short) from error
            write = request.method == "POST"
            return understand(response.status_code, response.headers, body, write=write, tries=call.tries)

    async def _wait(self, call: Call, deadline: float | None) -> Turn:
        began = time.perf_counter()
        try:
            return await self.care.wait(call.endpoint, call.urgency, deadline)
        finally:
            call.waited += time.perf_counter() - began

    def _delay(self, request: httpx.Request, error: StripeError, retry: int) -> float:
        """Seconds before the retry. After a lost connection, the first one goes out at once, on a fresh connection."""
        if not isinstance(error, APIConnectionError) or not error.connection_lost:
            return self._retry_delay(retry)
        is_first = FRESH not in request.extensions
        request.extensions = {**request.extensions, FRESH: True}
        return 0.0 if is_first else self._retry_delay(retry)


async def _pause(delay: float, deadline: float | None) -> bool:
    """Wait before a retry; False, at once, when the deadline would come first."""
    if deadline is not None and asyncio.get_running_loop().time() + delay >= deadline:
        return False
    await asyncio.sleep(delay)
    return True


class Stripe:
    """Stripe as one operation sees it: its endpoints, within the operation's deadline, each request noted."""

    def __init__(
        self, client: StripeClient, deadline: float | None, ended: Ended | None, limit: CallerLimit | None
    ) -> None:
        self._client = client
        self._limit = limit
        self._ended = ended
        self._urgency = Urgency.READ
        self._steps_to_come = 0
        self.deadline = deadline
        self.calls: list[Call] = []

    # Made when they are asked for, so that nothing here holds itself.
    @property
    def customers(self) -> Customers:
        """The endpoints below /v1/customers."""
        return Customers(self._request)

    @property
    def payment_methods(self) -> PaymentMethods:
        """The endpoints below /v1/payment_methods."""
        return PaymentMethods(self._request)

    @property
    def setup_intents(self) -> SetupIntents:
        """The endpoints below /v1/setup_intents."""
        return SetupIntents(self._request)

    @property
    def subscriptions(self) -> Subscriptions:
        """The endpoints below /v1/subscriptions."""
        return Subscriptions(self._request)

    def begin_write(self) -> None:
        """What follows is one piece of work that writes: it goes before reads, and once begun before all else."""
        self._urgency = Urgency.WRITE

    def leaving(self, steps: int) -> AbstractContextManager[None]:
        """Within, a call has its even part of the operation's time, so that so many more steps have theirs."""
        return _Leaving(self, steps)

    def _deadline(self) -> float | None:
        if self.deadline is None or not self._steps_to_come:
            return self.deadline
        now = asyncio.get_running_loop().time()
        return now + (self.deadline - now) / (1 + self._steps_to_come)

    async def _request(
        self,
        method: str,
        path: str,
        ids: Mapping[str, str],
        params: Mapping[str, form.Value | None],
        *,
        idempotency_key: str | None = None,
    ) -> Answer:
        check_ids(ids, params)
        filled = path.format_map({name: quote(id, safe="") for name, id in ids.items()})
        if len(self.calls) >= self._client.max_calls:
            raise TooManyCalls(self._client.max_calls)
        write = method == "POST"
        urgency = min(self._urgency, Urgency.WRITE) if write else self._urgency
        call = Call(f"{method} {path}", time.perf_counter(), urgency)
        self.calls.append(call)
        try:
            request = self._client.build(method, filled, params, idempotency_key)
            answer = await self._send(request, call)
            if write:
                self._urgency = Urgency.FINISHING
            return answer
        except StripeError as error:
            call.reason = _reason(call, error)
            release_frames(error)
            if write and (error.after_lost_answer or error.outcome_unknown):
                self._urgency = Urgency.FINISHING
            raise
        except asyncio.CancelledError:
            call.reason = Reason.CANCELLED
            raise
        finally:
            call.seconds = time.perf_counter() - call.started
            if self._ended is not None:
                self._ended(call)

    async def _send(self, request: httpx.Request, call: Call) -> Answer:
        """The answer's object, once the caller may make the call."""
        if self._limit is None:
            return await self._client.send(request, call, self._deadline())
        began = time.perf_counter()
        async with self._limit.hold(call.urgency, self._deadline()):
            call.waited += time.perf_counter() - began
            return await self._client.send(request, call, self._deadline())


def _reason(call: Call, error: StripeError) -> Reason | None:
    """Why the call failed: where a retry could not be sent, the reason for that retry says more."""
    not_sent = isinstance(error, NotSent) or error.failure_reason is Reason.DEADLINE
    return call.retry_reason if not_sent and call.retry_reason else error.failure_reason


class _Leaving:
    """What `Stripe.leaving` gives."""

    __slots__ = ("_before", "_steps", "_stripe")

    def __init__(self, stripe: Stripe, steps: int) -> None:
        self._stripe = stripe
        self._steps = steps
        self._before = stripe._steps_to_come

    def __enter__(self) -> None:
        self._stripe._steps_to_come = self._steps

    def __exit__(self, *_: object) -> None:
        self._stripe._steps_to_come = self._before


@lru_cache(maxsize=1024)
def _parsed(url: str) -> httpx.URL:
    # The reads of a wallet come again.
    return httpx.URL(url)
