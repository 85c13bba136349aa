"""The control routes under /_sandbox: JSON in, JSON out, and none of it Stripe's."""

import json
import re
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import asdict, fields
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.control.faults import KINDS, Fault, Faults, check_combination
from sandbox.control.same_origin import refuse_other_sites
from sandbox.control.three_d_secure_page import three_d_secure_route
from sandbox.http.request import MOST_BYTES
from sandbox.state.ledger import as_json
from sandbox.state.store import Store

LONGEST_ADVANCE = 10 * 366 * 24 * 60 * 60
_DIGITS = re.compile(r"[0-9]{1,18}")
_SETTABLE = frozenset(field.name for field in fields(Fault)) - {"id"}


def control_app(store: Store, faults: Faults, reset: Callable[[bool], None]) -> Starlette:
    """Returns the app behind the control routes. `reset` empties the sandbox, and seeds it if told so."""

    async def overview(request: Request) -> Response:
        return JSONResponse({**store.counts(), "faults": len(faults.waiting()), "time": store.now()})

    async def list_faults(request: Request) -> Response:
        return JSONResponse({"kinds": KINDS, "faults": [asdict(fault) for fault in faults.waiting()]})

    async def add_fault(request: Request) -> Response:
        return JSONResponse(asdict(faults.add(_fault(await _body(request)))), 201)

    async def clear_faults(request: Request) -> Response:
        faults.clear()
        return JSONResponse({"faults": []})

    async def read_ledger(request: Request) -> Response:
        after = _whole_number(request.query_params.get("after", "0"))
        return JSONResponse({"entries": [as_json(entry) for entry in store.ledger.entries(after)]})

    async def do_reset(request: Request) -> Response:
        reset((await _members(request, "seed")).get("seed", True))
        return JSONResponse(store.counts())

    async def advance(request: Request) -> Response:
        store.clock.advance(_seconds(await _body(request)))
        return JSONResponse({"time": store.now()})

    async def change_settings(request: Request) -> Response:
        members = await _members(request, "refuse_failed_checks")
        store.refuse_failed_checks = members.get("refuse_failed_checks", store.refuse_failed_checks)
        return JSONResponse({"refuse_failed_checks": store.refuse_failed_checks})

    return Starlette(
        routes=[
            _route("/_sandbox", GET=overview),
            _route("/_sandbox/faults", GET=list_faults, POST=add_fault, DELETE=clear_faults),
            _route("/_sandbox/ledger", GET=read_ledger),
            _route("/_sandbox/reset", POST=do_reset),
            _route("/_sandbox/advance", POST=advance),
            _route("/_sandbox/settings", POST=change_settings),
            three_d_secure_route(store),
        ],
        exception_handlers={HTTPException: _refused},
    )


Handler = Callable[[Request], Awaitable[Response]]


def _route(path: str, **handlers: Handler) -> Route:
    async def endpoint(request: Request) -> Response:
        refuse_other_sites(request)
        return await handlers["GET" if request.method == "HEAD" else request.method](request)

    return Route(path, endpoint, methods=list(handlers))


async def _body(request: Request) -> Mapping[str, Any]:
    text = b""
    async for chunk in request.stream():
        text += chunk
        if len(text) > MOST_BYTES:
            raise HTTPException(413, f"At most {MOST_BYTES} bytes are read.")
    try:
        body = json.loads(text or b"{}")
    except (ValueError, RecursionError):
        raise HTTPException(400, "The body is not JSON.") from None
    if not isinstance(body, dict):
        raise HTTPException(400, "The body is not a JSON object.")
    return body


async def _members(request: Request, *names: str) -> Mapping[str, bool]:
    """The booleans in the body. Raises HTTPException for any other member."""
    body = await _body(request)
    _refuse_unknown(body, names)
    for name, value in body.items():
        if not isinstance(value, bool):
            raise HTTPException(400, f"{name} must be true or false.")
    return body


def _refuse_unknown(body: Mapping[str, Any], known: Collection[str]) -> None:
    unknown = sorted(set(body) - set(known))
    if unknown:
        raise HTTPException(400, f"Unknown: {', '.join(unknown)}. The members are {', '.join(sorted(known))}.")


def _fault(body: Mapping[str, Any]) -> Fault:
    _refuse_unknown(body, _SETTABLE)
    if "kind" not in body:
        raise HTTPException(400, f"Give a kind: one of {', '.join(KINDS)}.")
    try:
        fault = Fault(**body)
        check_combination(fault, body)
    except ValueError as error:
        raise HTTPException(400, f"{error}.") from None
    return fault


def _whole_number(text: str) -> int:
    if not _DIGITS.fullmatch(text):
        raise HTTPException(400, "after must be a whole number.")
    return int(text)


def _seconds(body: Mapping[str, Any]) -> float:
    _refuse_unknown(body, ("seconds",))
    seconds = body.get("seconds")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds <= LONGEST_ADVANCE:
        raise HTTPException(400, f"seconds must be a number from 0 to {LONGEST_ADVANCE}.")
    return float(seconds)


async def _refused(request: Request, error: Exception) -> Response:
    status, detail = (error.status_code, error.detail) if isinstance(error, HTTPException) else (500, "")
    return JSONResponse({"error": {"message": detail}}, status)
