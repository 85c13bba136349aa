"""How each kind of fault is committed."""

import asyncio
import json
from collections.abc import Callable, Mapping

from sandbox.control.faults import Fault
from sandbox.http.connection import Connection
from sandbox.http.response import Answer, json_answer
from sandbox.request_handling import Work
from sandbox.state.ids import new_id

_JSON = {"content-type": "application/json"}


async def misbehave(fault: Fault, work: Work, connection: Connection, *, forget: bool) -> None:
    """Answers a request as the fault says, or fails to. `forget` frees its idempotency key once it is done."""
    answer = None
    try:
        await asyncio.sleep(0 if fault.late else fault.delay)
        if fault.does_work:
            answer = work.perform()
        elif fault.kind == "stall":
            await connection.until_closed()
    finally:
        if answer is None or forget:
            work.abandon()
    await asyncio.sleep(fault.delay if fault.late else 0)
    await _respond(fault, answer, work, connection)


async def _respond(fault: Fault, answer: Answer | None, work: Work, connection: Connection) -> None:
    if fault.kind in ("drop_before", "drop_after"):
        await connection.drop()
    elif fault.kind == "stall":
        await connection.until_closed()
    elif fault.kind == "truncate":
        await connection.send_half(answer or _server_error(fault))
    else:
        shown = _shown(fault, answer)
        if fault.stored:
            shown = shown.with_headers({"stripe-should-retry": "false"})  # A repetition would be given the same.
            work.remember(shown)
        await connection.send(shown)


def _shown(fault: Fault, answer: Answer | None) -> Answer:
    if fault.kind == "wrong_content_type":
        return (answer or _server_error(fault)).with_headers({"content-type": "text/html"})
    if fault.kind == "delay":
        return answer or _server_error(fault)
    request_id = answer.headers["request-id"] if answer else new_id("req")
    return _ANSWERS[fault.kind](fault).with_headers({"request-id": request_id})


def _error(status: int, message: str, type: str = "api_error", code: str | None = None, **headers: str) -> Answer:
    error = {"code": code, "message": message, "type": type}
    answer = json_answer(status, {"error": {name: value for name, value in error.items() if value}})
    return answer.with_headers({name.replace("_", "-"): value for name, value in headers.items()})


def _rate_limit(fault: Fault) -> Answer:
    message = "Request rate limit exceeded."
    reason = fault.reason
    return _error(429, message, "invalid_request_error", "rate_limit", stripe_rate_limited_reason=reason)


def _lock_timeout(fault: Fault) -> Answer:
    message = "This object cannot be accessed right now because another API request is accessing it."
    return _error(429, message, "invalid_request_error", "lock_timeout", stripe_should_retry="true")


def _server_error(fault: Fault) -> Answer:
    return _error(500, "An unknown error occurred.")


def _huge(fault: Fault) -> Answer:
    return Answer(200, json.dumps({"object": "list", "data": ["x" * fault.size]}).encode(), _JSON)


_ANSWERS: Mapping[str, Callable[[Fault], Answer]] = {
    "conflict": lambda fault: _error(409, "Another request is at work.", "idempotency_error", "idempotency_key_in_use"),
    "error_after": _server_error,
    "error_before": _server_error,
    "huge": _huge,
    "lock_timeout": _lock_timeout,
    "no_content": lambda fault: Answer(204, b""),
    "not_json": lambda fault: Answer(200, b"<html><body>It works!</body></html>", _JSON),
    "permission": lambda fault: _error(403, "The provided key lacks the permission.", "invalid_request_error"),
    "rate_limit": _rate_limit,
    "redirect": lambda fault: Answer(302, b"", {"location": "/v1/elsewhere"}),
    "unavailable": lambda fault: _error(503, "Stripe is not available."),
}
