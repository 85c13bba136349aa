"""A webhook endpoint in this process."""

import json
from collections.abc import Iterable
from typing import Any

from sandbox import WebhookRequest


class Receiver:
    """Stores each request. It responds with the given results in order, then with 200. An exception is raised."""

    def __init__(self, results: Iterable[int | Exception] = ()) -> None:
        self.requests: list[WebhookRequest] = []
        self._results = iter(results)

    async def __call__(self, request: WebhookRequest) -> int:
        self.requests.append(request)
        result = next(self._results, 200)
        if isinstance(result, Exception):
            raise result
        return result

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(request.body) for request in self.requests]

    @property
    def types(self) -> list[str]:
        return [event["type"] for event in self.events]
