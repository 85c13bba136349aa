"""The effect of each kind of fault on a request and its response."""

import asyncio
import json
from collections.abc import Callable, Mapping

from sandbox.control.fault_kinds import Fault
from sandbox.http.connection import Connection
from sandbox.http.response import HttpResponse, json_response
from sandbox.request_handling import PreparedRequest
from sandbox.state.ids import new_id

_JSON = {"content-type": "application/json"}


async def inject_fault(fault: Fault, request: PreparedRequest, connection: Connection, *, forget_key: bool) -> None:
    """Executes the request if the fault allows it, and responds as the fault says. `forget_key` releases its key."""
    response = None
    try:
        await asyncio.sleep(0 if fault.late else fault.delay)
        if fault.executes_request:
            response = request.run()
        elif fault.kind == "stall":
            await connection.wait_until_closed()
    finally:
        if response is None or forget_key:
            request.release_key()
    await asyncio.sleep(fault.delay if fault.late else 0)
    await _respond(fault, response, request, connection)


async def _respond(
    fault: Fault, response: HttpResponse | None, request: PreparedRequest, connection: Connection
) -> None:
    if fault.kind in ("drop_before", "drop_after"):
        await connection.drop()
    elif fault.kind == "stall":
        await connection.wait_until_closed()
    elif fault.kind == "truncate":
        await connection.send_half(response or _server_error(fault))
    else:
        faulty = _faulty_response(fault, response)
        if fault.stored:
            # Retrying is useless, because the key would replay this response.
            faulty = faulty.with_headers({"stripe-should-retry": "false"})
            request.store_response(faulty)
        await connection.send(faulty)


def _faulty_response(fault: Fault, response: HttpResponse | None) -> HttpResponse:
    if fault.kind == "wrong_content_type":
        return (response or _server_error(fault)).with_headers({"content-type": "text/html"})
    if fault.kind == "delay":
        return response or _server_error(fault)
    request_id = response.headers["request-id"] if response else new_id("req")
    return _RESPONSES[fault.kind](fault).with_headers({"request-id": request_id})


def _error(status: int, message: str, type: str = "api_error", code: str | None = None, **headers: str) -> HttpResponse:
    error = {"code": code, "message": message, "type": type}
    response = json_response(status, {"error": {name: value for name, value in error.items() if value}})
    return response.with_headers({name.replace("_", "-"): value for name, value in headers.items()})


def _rate_limit(fault: Fault) -> HttpResponse:
    message = "Request rate limit exceeded."
    reason = fault.reason
    return _error(429, message, "invalid_request_error", "rate_limit", stripe_rate_limited_reason=reason)


def _lock_timeout(fault: Fault) -> HttpResponse:
    message = "This object cannot be accessed right now because another API request is accessing it."
    return _error(429, message, "invalid_request_error", "lock_timeout", stripe_should_retry="true")


def _conflict(fault: Fault) -> HttpResponse:
    return _error(409, "Another request is in progress.", "idempotency_error", "idempotency_key_in_use")


def _server_error(fault: Fault) -> HttpResponse:
    return _error(500, "An unknown error occurred.")


def _huge(fault: Fault) -> HttpResponse:
    return HttpResponse(200, json.dumps({"object": "list", "data": ["x" * fault.size]}).encode(), _JSON)


_RESPONSES: Mapping[str, Callable[[Fault], HttpResponse]] = {
    "conflict": _conflict,
    "error_after": _server_error,
    "error_before": _server_error,
    "huge": _huge,
    "lock_timeout": _lock_timeout,
    "no_content": lambda fault: HttpResponse(204, b""),
    "not_json": lambda fault: HttpResponse(200, b"<html><body>It works!</body></html>", _JSON),
    "permission": lambda fault: _error(403, "The provided key lacks the permission.", "invalid_request_error"),
    "rate_limit": _rate_limit,
    "redirect": lambda fault: HttpResponse(302, b"", {"location": "/v1/elsewhere"}),
    "unavailable": lambda fault: _error(503, "Stripe is not available."),
}
