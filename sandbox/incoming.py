"""A request as it came over HTTP, whole."""

from dataclasses import dataclass

from starlette.datastructures import Headers

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
        """Returns the address under which the caller met the sandbox."""
        return f"{self.scheme}://{self.headers.get('host', 'localhost')}"
