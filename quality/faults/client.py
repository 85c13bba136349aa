"""Clients that wait, disconnect, stall or send duplicates, and retry until they have a settled result."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol

from quality.faults.processes import Process
from quality.harness import wire
from quality.harness.wire import LOCALHOST, Message
from serving.settings.settings import Settings

SETTLE_TIMEOUT = 40.0
"""Seconds after which a client without a settled result counts as late."""

RESPONSE_TIMEOUT = 12.0
FLOOD = 8
_LATER_STEPS = frozenset({"DEFAULT_NOT_SET", "SUBSCRIPTIONS_NOT_MOVED"})


class Outcome(Enum):
    """The outcome that a response reports."""

    DONE = "done"
    INCOMPLETE = "done, but parts of the response are missing"
    REFUSED = "refused"
    SAVED = "saved, but later steps failed"
    NOT_DONE = "not done"
    UNKNOWN = "unknown"
    PARTIAL = "partial"
    NOTHING = "no response"


@dataclass(frozen=True)
class Result:
    """A parsed response."""

    outcome: Outcome
    text: str = ""
    extensions: Mapping[str, Any] | None = None

    def __str__(self) -> str:
        return f"{self.outcome.value} {self.text[:1200]}"


def parse_result(response: Message | None) -> Result:
    """Parse a response. None stands for no response."""
    if response is None:
        return Result(Outcome.NOTHING)
    text, json = response.body.decode(errors="replace"), response.json
    if not isinstance(json, dict):
        return Result(Outcome.NOT_DONE, f"{response.status} {text}")
    payload = next(iter((json.get("data") or {}).values()), None)
    if json.get("errors"):
        extensions = json["errors"][0].get("extensions") or {}
        return Result(_of_errors(extensions, payload), text, extensions)
    refusals = payload.get("errors") if isinstance(payload, dict) else None
    if not refusals:
        return Result(Outcome.DONE, text)
    return Result(_of_refusals(refusals), text)


def _of_errors(extensions: Mapping[str, Any], payload: Any) -> Outcome:
    if "outcome" in extensions:
        outcome = Outcome[extensions["outcome"]]
        return Outcome.INCOMPLETE if outcome is Outcome.DONE else outcome
    if not isinstance(payload, dict) or "errors" not in payload:
        return Outcome.NOT_DONE
    if not payload["errors"]:
        return Outcome.INCOMPLETE
    return _of_refusals(payload["errors"])


def _of_refusals(refusals: Sequence[Mapping[str, Any]]) -> Outcome:
    codes = [refusal["code"] for refusal in refusals]
    return Outcome.SAVED if _LATER_STEPS.intersection(codes) else Outcome.REFUSED


_WITHOUT_KEY = frozenset({Outcome.NOTHING, Outcome.SAVED, Outcome.INCOMPLETE})
"""Outcomes whose responses have no idempotency key."""


@dataclass(frozen=True)
class Unanswered:
    """A complete request without a response: the replica's port, and when the request started and ended."""

    port: int
    start: float
    end: float


class Request(Protocol):
    """The request that a client repeats until it has a settled result, and the client's behaviour."""

    @property
    def key(self) -> str | None:
        """The client's idempotency key."""

    @property
    def behaviours(self) -> list[str]:
        """The behaviour at each of the first attempts. At later attempts, the client waits for the response."""

    @property
    def gives_up(self) -> bool:
        """Whether the client stops after an attempt without a settled result."""

    @property
    def repeats_settled(self) -> bool:
        """Whether the client sends the request again after it has a settled result."""

    @property
    def rng(self) -> random.Random:
        """The random number generator."""

    @property
    def writes(self) -> bool:
        """Whether the operation is a mutation."""

    @property
    def repeatable(self) -> bool:
        """Whether the client can repeat the request without an idempotency key and get the same result."""

    def body(self, key: str | None) -> bytes:
        """The request body, with the idempotency key."""

    def token(self, settings: Settings) -> str:
        """The bearer token of the caller."""


class Client:
    """Sends one request, at each attempt to any of the replicas."""

    def __init__(self, request: Request, replicas: Sequence[Process], settings: Settings) -> None:
        self.request = request
        self._replicas = replicas
        self._key = request.key
        self._headers = {
            "Authorization": f"Bearer {request.token(settings)}",
            "Content-Type": "application/json",
        }
        self.results: list[Result] = []
        self.unanswered: list[Unanswered] = []
        self.gave_up = False
        self.late = False

    async def run(self, is_settled: Callable[[Result], bool] = lambda result: True) -> None:
        """Retry until the result is settled, the client gives up, or it is late."""
        end = asyncio.get_running_loop().time() + SETTLE_TIMEOUT
        for attempt in itertools.count():
            result = await self._attempt(attempt)
            if is_settled(result):
                break
            if self._gives_up(result):
                self.gave_up = True
                return
            if asyncio.get_running_loop().time() > end:
                self.late = True
                return
            await asyncio.sleep(self.request.rng.uniform(0.1, 0.4))
        if self.request.repeats_settled and self._can_repeat:
            await self._repeat_settled(is_settled)

    @property
    def _can_repeat(self) -> bool:
        return self._key is not None or self.request.repeatable

    def _gives_up(self, result: Result) -> bool:
        if not self._can_repeat:
            self._key = (result.extensions or {}).get("idempotencyKey")
        cannot_retry = not self._can_repeat and result.outcome in _WITHOUT_KEY
        return self.request.writes and (cannot_retry or self.request.gives_up)

    async def _repeat_settled(self, is_settled: Callable[[Result], bool]) -> None:
        for _ in range(20):
            if is_settled(await self._attempt(len(self.request.behaviours))):
                break
            await asyncio.sleep(0.2)

    async def _attempt(self, number: int) -> Result:
        """Make one attempt. Returns the most certain of its results."""
        behaviours = self.request.behaviours if self._can_repeat else []
        send = _BEHAVIOURS[behaviours[number] if number < len(behaviours) else "waits"]
        results = [parse_result(response) for response in await send(self)]
        self.results += results
        return min(results, key=lambda result: list(Outcome).index(result.outcome))

    def _message(self) -> bytes:
        body = self.request.body(self._key)
        return bytes(wire.request("POST", "/graphql", body=body, headers=self._headers))

    async def _open(self) -> wire.Streams | None:
        try:
            streams = await asyncio.open_connection(LOCALHOST, self.request.rng.choice(self._replicas).port)
        except OSError:
            return None
        # A connection without a peer was already broken: its replica has just been killed.
        return streams if streams[1].get_extra_info("peername") else None

    async def waits(self, pieces: int = 1) -> list[Message | None]:
        """Send the request in pieces and wait for the response."""
        if (streams := await self._open()) is None:
            return [None]
        reader, writer = streams
        request = self._message()
        size = len(request) // pieces + 1
        port, start_time = writer.get_extra_info("peername")[1], time.monotonic()
        response = None
        try:
            for start in range(0, len(request), size):
                writer.write(request[start : start + size])
                await asyncio.sleep(0.0 if pieces == 1 else 0.05)
            response = await asyncio.wait_for(wire.read_message(reader), RESPONSE_TIMEOUT)
        except (TimeoutError, OSError):
            pass
        finally:
            writer.close()
        if response is None:
            self.unanswered.append(Unanswered(port, start_time, time.monotonic()))
        return [response]

    async def sends_slowly(self) -> list[Message | None]:
        """Send the request slowly, but within BODY_TIMEOUT."""
        return await self.waits(pieces=6)

    async def disconnects(self, end: Callable[[asyncio.StreamWriter], Any] | None = None) -> list[Message | None]:
        """Disconnect, usually before the response."""
        if (streams := await self._open()) is not None:
            streams[1].write(self._message())
            await asyncio.sleep(self.request.rng.uniform(0, 1.2))
            (end or asyncio.StreamWriter.close)(streams[1])
        return [None]

    async def resets(self) -> list[Message | None]:
        """Reset the connection, usually before the response."""
        return await self.disconnects(wire.reset)

    async def stalls(self) -> list[Message | None]:
        """Send a part of the request and wait until the service closes the connection."""
        if (streams := await self._open()) is None:
            return [None]
        reader, writer = streams
        request = self._message()
        try:
            writer.write(request[: self.request.rng.randrange(1, len(request))])
            return [await asyncio.wait_for(wire.read_message(reader), RESPONSE_TIMEOUT)]
        except (TimeoutError, OSError):
            return [None]
        finally:
            writer.close()

    async def sends_duplicates(self, times: int = 2) -> list[Message | None]:
        """Send the same request several times concurrently, to any replicas."""
        received = await asyncio.gather(*(self.waits() for _ in range(times)))
        return [response for responses in received for response in responses]

    async def floods(self) -> list[Message | None]:
        """Send the same request many times concurrently."""
        return await self.sends_duplicates(FLOOD)


_BEHAVIOURS: Mapping[str, Callable[[Client], Awaitable[list[Message | None]]]] = {
    "waits": Client.waits,
    "sends slowly": Client.sends_slowly,
    "disconnects": Client.disconnects,
    "resets": Client.resets,
    "stalls": Client.stalls,
    "sends duplicates": Client.sends_duplicates,
    "floods": Client.floods,
}
