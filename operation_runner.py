"""Runs GraphQL operations: the one place that joins the executor, the resolvers' context and the client of Stripe."""

from __future__ import annotations

import asyncio
import functools
from dataclasses import dataclass
from typing import Any

from graphql import ExecutionResult, GraphQLError

from execution.documents import OperationNotAllowed, RequestError
from execution.executor import Executor
from execution.limits import ResponseTooLarge
from resolvers.context import RequestContext
from resolvers.cursors import Cursors
from resolvers.writes import KeyDigest, WriteRecorder
from serving.auth.caller_limits import at_once
from serving.auth.rate_limits import CardAttempts, RateLimited, RateLimits
from serving.auth.tokens import Caller, CallerKind
from serving.graphql.endpoint import Operation
from serving.graphql.error_codes import ErrorCode
from serving.graphql.errors import NotExecuted, refused, response_too_large
from serving.graphql.persisted_documents import HashMismatch, NotTrusted, PersistedDocuments, PersistedQueryNotFound
from serving.redis.locks import Locks
from serving.settings import conflicts
from serving.settings.settings import Settings
from serving.telemetry.operation_record import OperationRecord
from stripe_api import StripeClient, StripeSession
from stripe_api.errors import CallerLimitReached
from stripe_api.rate_limiting.caller_limit import CallerLimit, CallsAtOnce

GRACE_SECONDS = 1.0
"""How long after its deadline an operation is cancelled. Calls to Stripe end at the deadline itself."""

_HIDEABLE = frozenset(conflicts.VISIBLE_FIELDS)


@dataclass(frozen=True)
class Parts:
    """The parts of the service that execute operations."""

    stripe: StripeClient
    executor: Executor
    documents: PersistedDocuments
    locks: Locks
    cursors: Cursors
    key_digest: KeyDigest
    rates: RateLimits


class OperationRunner:
    """Runs each operation within its deadline and its caller's limits."""

    def __init__(self, settings: Settings, parts: Parts) -> None:
        self._settings = settings
        self._parts = parts
        self._calls_at_once = CallsAtOnce()
        self._hidden_from_customers = _HIDEABLE.difference(settings.customer_sees)

    async def run(self, operation: Operation, caller: Caller, record: OperationRecord) -> ExecutionResult:
        """Run one GraphQL operation. Raises NotExecuted."""
        left = self._settings.operation_deadline - record.admission_seconds
        deadline = asyncio.get_running_loop().time() + left
        stripe = self._parts.stripe.session(deadline=deadline, on_call=record.add_call, limit=self._limit_of(caller))
        hash = _hash(operation)
        text = await self._text(operation, hash, caller)
        record.set_document(text)
        result = await self._execute(text, operation, caller, stripe, record)
        await self._parts.documents.register(hash, text, caller.identity)
        if self._settings.shows_calls and operation.extensions.get("calls") is True:
            calls = [call.endpoint for call in record.sent_calls]
            result.extensions = {"calls": {"count": len(calls), "endpoints": calls}}
        if result.errors:
            record.fail(result.errors)
        return result

    async def _execute(
        self, text: str, operation: Operation, caller: Caller, stripe: StripeSession, record: OperationRecord
    ) -> ExecutionResult:
        """Execute a document, and convert the errors of all that takes part. Raises NotExecuted."""
        hidden = self._hidden_from_customers if caller.kind is CallerKind.CUSTOMER else frozenset()
        context = self._context(caller, stripe, hidden, WriteRecorder(self._parts.key_digest, record.add_write))
        try:
            async with asyncio.timeout_at((stripe.deadline or 0.0) + GRACE_SECONDS):
                return await self._parts.executor.execute(
                    text,
                    variables=operation.variables,
                    operation_name=operation.operation_name,
                    context=context,
                    hidden=hidden,
                    introspection=self._settings.allows_introspection(service=caller.kind is CallerKind.SERVICE),
                    queries_only=operation.queries_only,
                    record=record,
                )
        except OperationNotAllowed as refusal:
            raise NotExecuted(refusal.errors, status=405, headers={"Allow": "POST"}) from None
        except RequestError as refusal:
            raise NotExecuted(refusal.errors) from None
        except ResponseTooLarge:
            raise response_too_large("MAX_COST", self._settings.max_cost, "fields", record.sent_calls) from None
        except TimeoutError:
            raise _took_too_long(stripe) from None
        finally:
            context.forget_reads()

    def _context(
        self, caller: Caller, stripe: StripeSession, hidden: frozenset[str], writes: WriteRecorder
    ) -> RequestContext:
        cards = CardAttempts(self._parts.rates, caller)
        parts = self._parts
        return RequestContext(caller, stripe, parts.locks, parts.cursors, cards, hidden=hidden, writes=writes)

    async def _text(self, operation: Operation, hash: str | None, caller: Caller) -> str:
        """The document's text. Raises NotExecuted for an unknown document."""
        try:
            text = await self._parts.documents.text(operation.query, operation.document_id, hash, caller.identity)
        except PersistedQueryNotFound:
            # Apollo's mobile clients match on this text and on status 200.
            raise refused("PersistedQueryNotFound", code=ErrorCode.PERSISTED_QUERY_NOT_FOUND, status=200) from None
        except HashMismatch:
            raise refused("provided sha does not match query") from None
        except NotTrusted:
            message = "Only documents of the manifest are executed here."
            raise refused(message, code=ErrorCode.PERSISTED_QUERY_NOT_IN_LIST) from None
        if text is None:
            raise refused("query is a string that holds a GraphQL document.", status=400)
        return text

    def _limit_of(self, caller: Caller) -> CallerLimit | None:
        """The limit of REST calls of an operation's caller; None for no limit."""
        limit, rates = self._settings.calls_per_caller, self._parts.rates
        count = functools.partial(_count_call, rates, caller) if rates.limits_calls(caller) else None
        if limit is None:
            return CallerLimit(None, count) if count is not None else None
        return CallerLimit(self._calls_at_once.of(caller.identity, at_once(limit, caller)), count)


async def _count_call(rates: RateLimits, caller: Caller) -> None:
    try:
        await rates.count_call(caller)
    except RateLimited as limited:
        raise CallerLimitReached(limited.retry_after, setting=limited.setting) from None


def _took_too_long(stripe: StripeSession) -> NotExecuted:
    """The refusal of an operation that was cancelled. A write that was sent may have been done."""
    sent = any(call.tries and call.endpoint.startswith("POST ") for call in stripe.calls)
    extensions: dict[str, Any] = {"code": ErrorCode.UPSTREAM_TIMEOUT, **({"outcome": "UNKNOWN"} if sent else {})}
    error = GraphQLError("The operation took too long (OPERATION_DEADLINE).", extensions=extensions)
    return NotExecuted([error], reason="deadline")


def _hash(operation: Operation) -> str | None:
    """The hash of a persisted document, as Apollo's clients send it. Raises NotExecuted for other forms."""
    persisted = operation.extensions.get("persistedQuery")
    if persisted is None:
        return None
    if not isinstance(persisted, dict) or persisted.get("version") != 1:
        raise refused("extensions.persistedQuery has version 1 and a sha256Hash.", status=400)
    hash = persisted.get("sha256Hash")
    if not isinstance(hash, str) or not 0 < len(hash) <= 256:
        raise refused("extensions.persistedQuery.sha256Hash is a string.", status=400)
    return hash
