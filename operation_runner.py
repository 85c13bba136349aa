"""Executes GraphQL operations: connects the executor, the context of resolvers and the Stripe client.

`serving/graphql/endpoint.py` calls this once per operation.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from graphql import ExecutionResult, GraphQLError, OperationType

from changes.streams.stream import ChangeStream
from execution.documents import Operation as DocumentOperation
from execution.documents import RequestError
from execution.executor import EventSource, Executor
from execution.prepared_operation import PreparedOperation, ResponseTooLarge, Rights
from remembered_results import RememberedResults, result_key
from resolvers.context import RequestContext
from resolvers.cursors import Cursors
from resolvers.writes.write_outcomes import KeyDigest, WriteRecorder
from serving.auth.caller_limits import limit_for
from serving.auth.rate_limits import CardAttempts, RateLimited, RateLimits
from serving.auth.tokens import Caller, CallerKind
from serving.graphql.error_codes import ErrorCode
from serving.graphql.errors import RequestRejected, rejection, response_too_large
from serving.graphql.operation_request import Operation
from serving.redis.locks import Locks
from serving.settings import conflicts
from serving.settings.settings import Settings
from serving.telemetry.operation_record import OperationRecord
from stripe_api import StripeClient, StripeSession
from stripe_api.errors import CallerLimitReached
from stripe_api.rate_limiting.caller_limit import CallerLimit, ConcurrentCalls
from stripe_api.read_cache.cache import OperationCache, ReadCache

T = TypeVar("T")

TOOK_TOO_LONG = "The operation took too long (OPERATION_DEADLINE)."

SEND_AS_STREAM = "Send subscriptions with Accept: text/event-stream, or over a WebSocket."

GRACE_SECONDS = 1.0
"""Seconds after the deadline at which an operation is cancelled. Its calls to Stripe end at the deadline."""

_HIDEABLE = frozenset(conflicts.VISIBLE_FIELDS)


@dataclass(frozen=True)
class Parts:
    """The parts of the service that execute operations. `present` converts each error to the one that clients get."""

    stripe: StripeClient
    executor: Executor
    present: Callable[[GraphQLError], GraphQLError]
    locks: Locks
    cursors: Cursors
    key_digest: KeyDigest
    rates: RateLimits
    changes: ChangeStream
    read_cache: ReadCache | None = None
    results: RememberedResults | None = None


class OperationRunner:
    """Runs each operation within its deadline and its caller's limits."""

    def __init__(self, settings: Settings, parts: Parts) -> None:
        self._settings = settings
        self._parts = parts
        self._concurrent_calls = ConcurrentCalls()
        hidden = {CallerKind.CUSTOMER: _HIDEABLE.difference(settings.customer_sees)}
        self._rights = {
            kind: Rights(
                hidden.get(kind, frozenset()), settings.allows_introspection(service=kind is CallerKind.SERVICE)
            )
            for kind in CallerKind
        }

    async def run(self, operation: Operation, caller: Caller, record: OperationRecord) -> ExecutionResult:
        """The result of an operation: a remembered one, or by executing its document. Raises RequestRejected."""
        results = self._parts.results
        if results is None or operation.must_be_fresh:
            return await self._execute(operation, self._context(operation, caller, record), record)
        key = result_key(operation, caller)
        remembered = await results.find(key, record)
        if remembered is not None:
            return self._complete(remembered, operation, record)
        context = self._context(operation, caller, record)
        result = await self._execute(operation, context, record)
        results.remember(key, result, context.stripe, record)
        return result

    async def _execute(self, operation: Operation, context: RequestContext, record: OperationRecord) -> ExecutionResult:
        async def execute() -> ExecutionResult:
            prepared = self._prepare(operation, context, record)
            kind = prepared.operation.type
            if operation.queries_only and kind is not OperationType.QUERY:
                message, allow = "Only queries may be sent by GET; send this one by POST.", {"Allow": "POST"}
                raise rejection(message, status=405, headers=allow)
            if kind is OperationType.SUBSCRIPTION:
                raise rejection(SEND_AS_STREAM, status=406)
            return await self._parts.executor.execute(prepared)

        return self._complete(await self._within_deadline(execute(), context, record), operation, record)

    async def subscribe(
        self, operation: Operation, caller: Caller, record: OperationRecord, after: str | None
    ) -> SubscribedOperation:
        """Subscribe to the changes of a wallet, first those after a position. Raises RequestRejected."""
        context = self._context(operation, caller, record, after)

        async def subscribe() -> EventSource:
            return await self._parts.executor.subscribe(self._prepare(operation, context, record))

        source = await self._within_deadline(subscribe(), context, record)
        return SubscribedOperation(self, source, operation, caller)

    async def run_event(
        self, source: EventSource, event: object, operation: Operation, caller: Caller, record: OperationRecord
    ) -> ExecutionResult:
        """Execute a subscription for one event. Raises RequestRejected."""
        context = self._context(operation, caller, record)
        execution = self._parts.executor.execute_event(source, event, context)
        return self._complete(await self._within_deadline(execution, context, record), operation, record)

    def is_subscription(self, operation: Operation, caller: Caller) -> bool:
        """Whether the operation is a subscription. Raises RequestRejected if its document is not valid."""
        try:
            found = self._parts.executor.find(
                operation.query or "", operation.operation_name, self._rights[caller.kind]
            )
        except RequestError as error:
            raise self._rejected(error) from None
        return found.type is OperationType.SUBSCRIPTION

    def _prepare(self, operation: Operation, context: RequestContext, record: OperationRecord) -> PreparedOperation:
        """The operation with its variables, found and checked. Raises RequestError."""
        found = self._find(operation, context.caller)
        record.select(found.definition)
        return self._parts.executor.prepare(found, operation.variables, self._rights[context.caller.kind], context)

    def _find(self, operation: Operation, caller: Caller) -> DocumentOperation:
        text, name = operation.query or "", operation.operation_name
        return self._parts.executor.find(text, name, self._rights[caller.kind])

    def _complete(self, result: ExecutionResult, operation: Operation, record: OperationRecord) -> ExecutionResult:
        if self._settings.shows_calls and operation.extensions.get("calls") is True:
            calls = [call.endpoint for call in record.sent_calls]
            result.extensions = {"calls": {"count": len(calls), "endpoints": calls}}
        if result.errors:
            result.errors = [self._parts.present(error) for error in result.errors]
            record.fail(result.errors)
        return result

    def _rejected(self, error: RequestError) -> RequestRejected:
        return RequestRejected([self._parts.present(one) for one in error.errors])

    async def _within_deadline(self, execution: Awaitable[T], context: RequestContext, record: OperationRecord) -> T:
        """The result of an execution. Converts exceptions to RequestRejected."""
        stripe = context.stripe
        try:
            async with asyncio.timeout_at((stripe.deadline or 0.0) + GRACE_SECONDS):
                return await execution
        except RequestError as error:
            raise self._rejected(error) from None
        except ResponseTooLarge:
            raise response_too_large("MAX_COST", self._settings.max_cost, "fields", record.sent_calls) from None
        except TimeoutError:
            raise _took_too_long(stripe) from None
        finally:
            context.forget_reads()

    def _context(
        self, operation: Operation, caller: Caller, record: OperationRecord, after: str | None = None
    ) -> RequestContext:
        parts = self._parts
        return RequestContext(
            caller,
            self._session(operation, caller, record),
            parts.locks,
            parts.cursors,
            CardAttempts(parts.rates, caller),
            hidden=self._rights[caller.kind].hidden,
            session_features=self._settings.allowed_session_features,
            writes=WriteRecorder(parts.key_digest, record.add_write),
            changes=parts.changes,
            after=after,
            device=operation.device if self._settings.customer_mandates else None,
        )

    def _session(self, operation: Operation, caller: Caller, record: OperationRecord) -> StripeSession:
        remaining = self._settings.operation_deadline - record.admission_seconds
        return self._parts.stripe.session(
            deadline=asyncio.get_running_loop().time() + remaining,
            on_call=record.add_call,
            limit=self._limit_of(caller),
            cache=self._cache(operation, caller, record),
            account=caller.account,
        )

    def _cache(self, operation: Operation, caller: Caller, record: OperationRecord) -> OperationCache | None:
        cache = self._parts.read_cache
        if cache is None:
            return None
        return OperationCache(cache, caller.customer_id, operation.must_be_fresh, record.add_cached_read)

    def _limit_of(self, caller: Caller) -> CallerLimit | None:
        """The caller's limit of REST calls; None for no limit."""
        limit, rates = self._settings.calls_per_caller, self._parts.rates
        count = functools.partial(_count_call, rates, caller) if rates.limits_calls(caller) else None
        if limit is None:
            return CallerLimit(None, count) if count is not None else None
        return CallerLimit(self._concurrent_calls.of(caller.identity, limit_for(caller, limit)), count)


@dataclass(frozen=True, slots=True)
class SubscribedOperation:
    """The events of one subscription, and their results."""

    runner: OperationRunner
    source: EventSource
    operation: Operation
    caller: Caller

    async def next(self) -> Any:
        """The next change. Cancelling the wait loses none."""
        return await anext(self.source.events)

    async def execute(self, event: Any, record: OperationRecord) -> ExecutionResult:
        """The result for a change, read with the rights of the subscriber. Raises RequestRejected."""
        return await self.runner.run_event(self.source, event, self.operation, self.caller, record)

    async def aclose(self) -> None:
        """Unsubscribe."""
        await self.source.events.aclose()


async def _count_call(rates: RateLimits, caller: Caller) -> None:
    try:
        await rates.count_call(caller)
    except RateLimited as limited:
        raise CallerLimitReached(limited.retry_after, setting=limited.setting) from None


def _took_too_long(stripe: StripeSession) -> RequestRejected:
    """The rejection of a cancelled operation. A write that was sent may have been executed."""
    sent = any(call.tries and call.endpoint.startswith("POST ") for call in stripe.calls)
    extensions: dict[str, Any] = {"code": ErrorCode.UPSTREAM_TIMEOUT, **({"outcome": "UNKNOWN"} if sent else {})}
    error = GraphQLError(TOOK_TOO_LONG, extensions=extensions)
    return RequestRejected([error], reason="deadline")
