"""The environment that histories share: the sandbox, the replicas of the service, and the log."""

from __future__ import annotations

import asyncio
import json
import random
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from pydantic import SecretStr
from starlette.types import ASGIApp

from quality.harness import asgi
from quality.harness.tokens import bearer
from quality.truth.deadlines import Bounds
from quality.truth.log import Log, Now, Observation, ServiceWrite
from quality.truth.network import Network
from quality.truth.reads import Read
from quality.truth.writes import Mutation, RestCall
from sandbox import Sandbox
from sandbox.events.delivery import WebhookRequest
from serving.settings.settings import Settings

STRIPE_KEY = "sk_test_truth"
AUTH_SECRET = "the-secret-of-the-truth-test-0123456789"
WEBHOOK_SECRET = "whsec_of_the_truth_test"
SETTINGS: Mapping[str, Any] = {
    "stripe_secret_key": STRIPE_KEY,
    "auth_secret": AUTH_SECRET,
    "stripe_webhook_secret": WEBHOOK_SECRET,
    "log_level": "error",
}
"""The settings of all replicas."""

WEBHOOKS = "/webhooks/stripe"
_IDS = re.compile(r"\b(?:cus|pm)_[0-9A-Za-z]+")
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_JSON = {"Content-Type": "application/json"}

Post = Callable[[str, Mapping[str, str], bytes], Awaitable[tuple[int, bytes]]]
"""Sends a POST request to a replica. Returns status and body. Raises OSError if there is no response."""


@dataclass(frozen=True)
class Caller:
    """The sender of a request. `customer` is None for a service."""

    name: str
    customer: str | None
    headers: Mapping[str, str]


class World:
    """The sandbox and the replicas. A request goes to a random one of `replicas`, which excludes killed ones."""

    def __init__(self, sandbox: Sandbox, network: Network, replicas: Sequence[Post], bounds: Bounds, now: Now) -> None:
        self.sandbox = sandbox
        self.network = network
        self.replicas = list(replicas)
        self.bounds = bounds
        self.now = now
        self.log = Log(sandbox, now)
        self.subscribable: ASGIApp | None = None
        """The app for subscriptions, if it runs in this process."""

        self.after_event: Callable[[str], None] = lambda customer: None
        """Called with the customer of each event that the service has accepted for the first time."""

        self._tokens = Settings(sandbox=True, auth_secret=SecretStr(AUTH_SECRET))

    def caller(self, name: str, customer: str | None) -> Caller:
        """Create a caller: a service if `customer` is None."""
        headers = bearer(self._tokens, customer=customer, service=customer is None, subject=name)
        return Caller(name, customer, headers)

    async def read(self, rng: random.Random, caller: Caller, customer: str, read: Read, *, no_cache: bool) -> None:
        """Send a read, and log the facts in its response. A failed response has none."""
        headers = {**caller.headers, **({"Cache-Control": "no-cache"} if no_cache else {})}
        start = self.now()
        data, text = await self._operation(rng, headers, {"query": read.query, "variables": read.variables})
        if data is not None:
            ids = frozenset(_IDS.findall(text)) - _ids_in(read.variables)
            facts = list(read.facts(data))
            self.log.observations.append(Observation(customer, caller.name, start, self.now(), no_cache, facts, ids))

    async def write(self, rng: random.Random, caller: Caller, customer: str, mutation: Mutation) -> None:
        """Send a mutation, and log its times. Its changes are in the ledger."""
        start = self.now()
        body = {"query": mutation.query, "variables": {"input": mutation.input}}
        _, text = await self._operation(rng, caller.headers, body)
        if text:
            self.log.writes.append(ServiceWrite(customer, start, self.now()))

    async def _operation(
        self, rng: random.Random, headers: Mapping[str, str], body: Mapping[str, Any]
    ) -> tuple[Any, str]:
        """Send an operation. Returns data (None if it has errors) and text (empty if there is no response)."""
        try:
            replica = rng.choice(self.replicas)
            _, content = await replica("/graphql", {**headers, **_JSON}, json.dumps(body).encode())
            result = json.loads(content)
        except (OSError, ValueError) as error:
            self.log.errors[type(error).__name__] += 1
            return None, ""
        for found in result.get("errors", ()):
            self.log.errors[str(found.get("extensions", {}).get("code"))] += 1
        return (None if result.get("errors") else result["data"]), content.decode()

    async def call_stripe(self, call: RestCall) -> Any:
        """Send a call directly to the sandbox. Refusals are allowed, because of concurrent changes."""
        content = (urlencode(call.form or {}), _FORM) if call.json is None else (json.dumps(call.json), _JSON)
        headers = {"Authorization": f"Bearer {STRIPE_KEY}", **content[1]}
        response = await asgi.request(self.sandbox, call.method, call.path, headers, content[0].encode())
        if response.status >= 500:
            raise RuntimeError(f"{call}: {response.body!r}")
        return json.loads(response.body)

    async def deliver(self, request: WebhookRequest) -> int:
        """Deliver an event to a random replica, like a load balancer, or to all. Returns the lowest status."""
        receivers = self.replicas if random.random() < 0.3 else [random.choice(self.replicas)]
        statuses = await asyncio.gather(*(self._deliver(request, replica) for replica in receivers))
        return min(statuses)

    async def _deliver(self, request: WebhookRequest, replica: Post) -> int:
        status, _ = await replica(WEBHOOKS, request.headers, request.body)
        if 200 <= status < 300:
            event = json.loads(request.body)
            if self.log.accept(event["id"]):
                self.after_event(_customer_of(event["data"]))
        return status


def _customer_of(data: Mapping[str, Any]) -> str:
    """The id of the customer that an event concerns: for a detached payment method, the previous customer."""
    previous = data.get("previous_attributes", {}).get("customer")
    return str(data["object"].get("customer") or previous or data["object"]["id"])


def _ids_in(value: Any) -> set[str]:
    """The ids in a query's variables, which may appear in its response."""
    if isinstance(value, str):
        return {value}
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return {id for part in parts for id in _ids_in(part)}
