"""An HTTP request whose body has been read."""

import re
from dataclasses import dataclass
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.requests import Request

MAX_BODY_BYTES = 256 * 1024

_HOST = re.compile(r"([\w.-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """`path` is percent-encoded. `body` is None when it was larger than MAX_BODY_BYTES."""

    method: str
    path: str
    query: bytes
    headers: Headers
    body: bytes | None
    scheme: str = "http"
    ip_address: str | None = None

    @property
    def base_url(self) -> str:
        """The URL under which the caller reached the sandbox, or localhost when its Host header is invalid."""
        host = self.headers.get("host", "")
        return f"{self.scheme}://{host if _HOST.fullmatch(host) else 'localhost'}"


async def read_request(request: Request) -> HttpRequest:
    """Reads the whole request. Raises ClientDisconnect when the caller disconnects first."""
    raw_path: bytes | None = request.scope.get("raw_path")
    path = raw_path.decode("latin-1") if raw_path else quote(request.scope["path"])
    query, scheme = request.scope["query_string"], request.scope.get("scheme", "http")
    address = request.client.host if request.client else None
    return HttpRequest(request.method, path, query, request.headers, await read_body(request), scheme, address)


async def read_body(request: Request) -> bytes | None:
    """Returns the body, or None when it is larger than MAX_BODY_BYTES."""
    body = bytearray()
    async for chunk in request.stream():
        if len(body) <= MAX_BODY_BYTES:
            body += chunk
    return bytes(body) if len(body) <= MAX_BODY_BYTES else None
