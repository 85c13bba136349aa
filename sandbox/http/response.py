"""What is sent back: a status, headers and bytes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sandbox.json_objects import Json


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP response, before it is sent."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    def with_headers(self, headers: Mapping[str, str]) -> "Answer":
        """Returns the same answer with more headers, or others."""
        return replace(self, headers={**self.headers, **headers})


def json_answer(status: int, body: Json) -> Answer:
    """Returns the answer that carries a JSON body."""
    encoded = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    return Answer(status, encoded, {"content-type": "application/json"})
