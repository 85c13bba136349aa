"""Sends all requests to Stripe: key, API version, deadline, retries, idempotency key."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import quote

import httpx

from stripe_api import form
from stripe_api.call_record import CallRecord, OnCall
from stripe_api.errors import APIConnectionError, StripeError
from stripe_api.failures.error_response import is_replayed
from stripe_api.failures.failure_reasons import Reason
from stripe_api.objects import StripeRequest, StripeResponse
from stripe_api.rate_limiting.caller_limit import CallerLimit
from stripe_api.rate_limiting.guard import MIN_TIMEOUT, UpstreamGuard
from stripe_api.rate_limiting.waiting_queue import Urgency
from stripe_api.read_cache.cache import OperationCache
from stripe_api.read_cache.own_writes import OwnWrites
from stripe_api.response import headers_of, parse_response, read_body
from stripe_api.retries import delay_before_retry
from stripe_api.session import StripeSession
from stripe_api.transport import FAILURES, FRESH, connection_error

USER_AGENT = "Attache/0.1"
_VERSION_HEADER = b"Stripe-Version"
MAX_RESPONSE_BYTES = 4 * 1024 * 1024
"""Maximum size of one response. A page of 100 payment methods has about 130 kB."""


class StripeClient:
    """The transport, the key and the retry rules that all operations share.

    Times are in seconds. `try_timeout` applies to one attempt, `connect_timeout` to opening a connection.
    `max_calls` is the maximum number of calls of one operation; retries are not counted. `own_writes` observes all
    writes.
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
        max_response_bytes: int = MAX_RESPONSE_BYTES,
        retry_delay: Callable[[int], float] = delay_before_retry,
        guard: UpstreamGuard | None = None,
        own_writes: OwnWrites | None = None,
    ) -> None:
        self._transport = transport
        self.own_writes = own_writes
        self.guard = guard or UpstreamGuard()
        self._base_url = base_url.rstrip("/")
        self._try_timeout = try_timeout
        self._max_retries = max_retries
        self.max_calls = max_calls
        self._max_response_bytes = max_response_bytes
        self._retry_delay = retry_delay
        self._extensions = {"timeout": {"connect": connect_timeout, "pool": connect_timeout}}
        self._headers = _headers(httpx.URL(base_url), api_key, api_version)

    def session(
        self,
        *,
        deadline: float | None = None,
        on_call: OnCall | None = None,
        limit: CallerLimit | None = None,
        cache: OperationCache | None = None,
        account: str | None = None,
    ) -> StripeSession:
        """Stripe for one operation. `deadline` is a time of the running event loop's clock.

        `account` is the connected account for which all calls are made; None for the account of the API key.
        """
        return StripeSession(self, deadline, on_call, limit, cache, account)

    async def aclose(self) -> None:
        """Close the connections."""
        await self.guard.aclose()
        await self._transport.aclose()

    def build(self, request: StripeRequest, account: str | None) -> httpx.Request:
        """Encode a request for a connected account, or None. A POST without an idempotency key gets a random one."""
        path = request.path.format_map({name: quote(id, safe="") for name, id in request.ids.items()})
        headers, url, encoded, body = self._headers, self._base_url + path, form.encode(request.params), b""
        if request.stripe_version is not None:
            others = (header for header in headers if header[0] != _VERSION_HEADER)
            headers = [*others, (_VERSION_HEADER, request.stripe_version.encode())]
        if account is not None:
            headers = [*headers, (b"Stripe-Account", account.encode())]
        if request.method == "POST":
            body = encoded.encode()
            headers = [
                *headers,
                (b"Idempotency-Key", (request.idempotency_key or str(uuid.uuid4())).encode()),
                (b"Content-Type", b"application/x-www-form-urlencoded"),
                (b"Content-Length", b"%d" % len(body)),
            ]
        elif encoded:
            url = f"{url}?{encoded}"
        # With a stream and complete headers, httpx needs a tenth of the time for a request.
        stream = httpx.ByteStream(body)
        built = httpx.Request(request.method, _parsed(url), headers=headers, stream=stream, extensions=self._extensions)
        built.read()
        return built

    async def send(self, request: httpx.Request, call: CallRecord, deadline: float | None) -> StripeResponse:
        """Send a request, with retries by Stripe's own rule within the deadline. Raises StripeError."""
        lost, retry = False, 0
        while True:
            retry += 1
            try:
                return await self._try(request, call, deadline)
            except StripeError as error:
                if error.in_doubt and request.method == "POST":
                    call.urgency = Urgency.FINISHING
                again = error.retryable and retry <= self._max_retries
                if not again or not await _pause(self._delay(request, error, retry), deadline):
                    write = request.method == "POST"
                    raise error.with_outcome(after_lost_response=lost, write=write) from error.__cause__
                call.retry_reason = error.failure_reason
                lost = lost or error.in_doubt

    async def _try(self, request: httpx.Request, call: CallRecord, deadline: float | None) -> StripeResponse:
        if deadline is not None and deadline <= asyncio.get_running_loop().time():
            raise APIConnectionError(Reason.DEADLINE)
        with await self.guard.acquire(call.endpoint, call.urgency, deadline, call.account) as permit:
            call.tries += 1
            call.status = None
            end = permit.granted_at + self._try_timeout
            end = end if deadline is None else min(end, deadline)
            try:
                async with asyncio.timeout_at(end):
                    response = await self._transport.handle_async_request(request)
                    headers = headers_of(response)
                    call.status, call.request_id = response.status_code, headers.get("request-id")
                    call.replayed = is_replayed(headers)
                    call.rate_limited += response.status_code == 429
                    body = await read_body(response, headers, limit=self._max_response_bytes)
            except FAILURES as error:
                cut_short = end == deadline and end - permit.granted_at < MIN_TIMEOUT
                raise connection_error(error, cut_short=cut_short) from error
            write = request.method == "POST"
            return parse_response(response.status_code, headers, body, write=write, tries=call.tries)

    def _delay(self, request: httpx.Request, error: StripeError, retry: int) -> float:
        """Seconds before the retry. After a lost connection, the first retry is immediate, on a new connection."""
        if not isinstance(error, APIConnectionError) or not error.connection_lost:
            return self._retry_delay(retry)
        is_first = FRESH not in request.extensions
        request.extensions = {**request.extensions, FRESH: True}
        return 0.0 if is_first else self._retry_delay(retry)


def _headers(base_url: httpx.URL, api_key: str, api_version: str) -> list[tuple[bytes, bytes]]:
    """The headers of all requests. httpx takes half the time for bytes."""
    return [
        (b"Host", base_url.netloc),
        (b"Authorization", f"Bearer {api_key}".encode()),
        (_VERSION_HEADER, api_version.encode()),
        (b"User-Agent", USER_AGENT.encode()),
        (b"Accept", b"application/json"),
        (b"Accept-Encoding", b"identity"),
    ]


async def _pause(delay: float, deadline: float | None) -> bool:
    """Wait before a retry. Returns False immediately if the deadline is earlier."""
    if deadline is not None and asyncio.get_running_loop().time() + delay >= deadline:
        return False
    await asyncio.sleep(delay)
    return True


@lru_cache(maxsize=1024)
def _parsed(url: str) -> httpx.URL:
    """Cached, because the same objects are read repeatedly."""
    return httpx.URL(url)
