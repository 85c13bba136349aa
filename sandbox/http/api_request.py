"""One request as a handler sees it: read, checked, and free of HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Call:
    """`ids` come from the path, by the name the path gives them; `params` have been read by their kinds."""

    path: str
    ids: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, Any] = field(default_factory=dict)
    request_id: str = ""
    idempotency_key: str | None = None
    # Where the sandbox is met from outside, for links back to it.
    origin: str = ""
    publishable: bool = False
