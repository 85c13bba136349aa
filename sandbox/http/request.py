"""A request as it came over HTTP, whole."""

import re
from dataclasses import dataclass

from starlette.datastructures import Headers

_HOST = re.compile(r"([\w.-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?", re.ASCII)

MOST_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Incoming:
    """`body` is None where more than MOST_BYTES were sent."""

    method: str
    path: str
    query: bytes
    headers: Headers
    body: bytes | None
    scheme: str = "http"

    @property
    def origin(self) -> str:
        """Returns the address under which the caller met the sandbox; localhost where its Host header is no host."""
        host = self.headers.get("host", "")
        return f"{self.scheme}://{host if _HOST.fullmatch(host) else 'localhost'}"
