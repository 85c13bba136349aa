"""HTTP responses of GraphQL: results and errors as JSON."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec
from graphql import ExecutionResult
from starlette.requests import Request
from starlette.responses import Response

from serving.graphql.content_negotiation import JSON, RESPONSE_JSON, preferred
from serving.graphql.errors import RequestRejected

OFFERED = (JSON, RESPONSE_JSON)
"""Media types of responses, the default first."""

_HEADERS = {
    media_type: [
        (b"content-type", f"{media_type}; charset=utf-8".encode()),
        (b"vary", b"Accept"),
        (b"cache-control", b"no-store"),
    ]
    for media_type in OFFERED
}


def encode_result(result: ExecutionResult) -> msgspec.Raw:
    """The result of an operation as JSON."""
    body: dict[str, Any] = {"errors": [error.formatted for error in result.errors]} if result.errors else {}
    body["data"] = result.data
    if result.extensions:
        body["extensions"] = result.extensions
    return msgspec.Raw(msgspec.json.encode(body))


def encode_rejection(rejected: RequestRejected) -> msgspec.Raw:
    """The errors of a rejection as JSON."""
    return msgspec.Raw(msgspec.json.encode({"errors": [error.formatted for error in rejected.errors]}))


def json_response(body: Any, media_type: str, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A response in one of the offered media types."""
    response = Response(msgspec.json.encode(body), status, headers=headers)
    response.raw_headers += _HEADERS[media_type]
    return response


def rejection_status(rejected: RequestRejected, media_type: str | None) -> int:
    """The HTTP status of a rejection. With application/json, an invalid document or variable has status 200."""
    return rejected.status or (400 if media_type == RESPONSE_JSON else 200)


def rejection_response(rejected: RequestRejected, accept: str | None) -> Response:
    """The response to a request that is rejected outside the GraphQL endpoint."""
    media_type = preferred(accept, OFFERED) or JSON
    return json_response(encode_rejection(rejected), media_type, rejected.status or 400, rejected.headers)


def redirect_to(location: str) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint that redirects to a relative URL, which is correct behind every proxy. It keeps the query string."""

    async def redirect(request: Request) -> Response:
        query = request.scope["query_string"].decode("latin-1")
        return Response(status_code=307, headers={"Location": location + (f"?{query}" if query else "")})

    return redirect
