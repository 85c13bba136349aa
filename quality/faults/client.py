"""Clients that wait, disconnect, stall, send duplicates, and retry until the result is known."""

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

MIN_TIMEOUT = 40.0
"""Seconds after which a client that never got a settled answer gives up."""

ANSWER_WITHIN = 12.0
FLOOD = 8
_LATER_STEPS = frozenset({"DEFAULT_NOT_SET", "SUBSCRIPTIONS_NOT_MOVED"})


class Outcome(Enum):
    """The outcome that a response reports."""

    DONE = "done"
    INCOMPLETE = "done, but not all of the answer could be read"
    REFUSED = "refused"
    SAVED = "saved, but later steps failed"
    NOT_DONE = "not done"
    UNKNOWN = "unknown"
    PARTIAL = "partial"
    NOTHING = "no answer"


@dataclass(frozen=True)
class Result:
    """A parsed response."""

    outcome: Outcome
    text: str = ""
    extensions: Mapping[str, Any] | None = None

    def __str__(self) -> str:
        return f"{self.outcome.value} {self.text[:1200]}"


def parse_result(answer: Message | None) -> Result:
    """Parse a response, or None for a missing one."""
    if answer is None:
        return Result(Outcome.NOTHING)
    text, json = answer.body.decode(errors="replace"), answer.json
    if not isinstance(json, dict):
        return Result(Outcome.NOT_DONE, f"{answer.status} {text}")
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
"""Outcomes that give no key to a client that sent none."""


@dataclass(frozen=True)
class Unanswered:
    """A complete request that got no response: its port and its period."""

    port: int
    begin: float
    end: float


class Request(Protocol):
    """The request that a client repeats until it has a settled result, and how the client behaves."""

    @property
    def key(self) -> str | None:
        """The client's idempotency key."""

    @property
    def manners(self) -> list[str]:
        """How the client behaves at each of its first attempts; it waits at later ones."""

    @property
    def gives_up(self) -> bool:
        """Whether the client stops after an attempt without a settled result."""

    @property
    def asks_again(self) -> bool:
        """Whether the client repeats a request whose result is settled."""

    @property
    def draw(self) -> random.Random:
        """The source of chance."""

    @property
    def writes(self) -> bool:
        """Whether it is a mutation."""

    @property
    def repeatable(self) -> bool:
        """Whether the same request without an idempotency key has the same result."""

    def body(self, key: str | None) -> bytes:
        """The request body, with the idempotency key."""

    def token(self, settings: Settings) -> str:
        """The caller's token."""


class Client:
    """One client with one request, over any of the replicas."""

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
        """Retry until the result is settled, or the client gives up as in the scenario."""
        end = asyncio.get_running_loop().time() + MIN_TIMEOUT
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
            await asyncio.sleep(self.request.draw.uniform(0.1, 0.4))
        if self.request.asks_again and self._can_repeat:
            await self._ask_again(is_settled)

    @property
    def _can_repeat(self) -> bool:
        return self._key is not None or self.request.repeatable

    def _gives_up(self, result: Result) -> bool:
        if not self._can_repeat:
            self._key = (result.extensions or {}).get("idempotencyKey")
        cannot_retry = not self._can_repeat and result.outcome in _WITHOUT_KEY
        return self.request.writes and (cannot_retry or self.request.gives_up)

    async def _ask_again(self, is_settled: Callable[[Result], bool]) -> None:
        for _ in range(20):
            if is_settled(await self._attempt(len(self.request.manners))):
                break
            await asyncio.sleep(0.2)

    async def _attempt(self, number: int) -> Result:
        """The most certain result of one attempt."""
        manners = self.request.manners if self._can_repeat else []
        ask = _MANNERS[manners[number] if number < len(manners) else "waits"]
        answers = await ask(self)
        results = [parse_result(answer) for answer in answers]
        self.results += results
        return min(results, key=lambda result: list(Outcome).index(result.outcome))

    def _message(self) -> bytes:
        body = self.request.body(self._key)
        return bytes(wire.request("POST", "/graphql", body=body, headers=self._headers))

    async def _open(self) -> wire.Streams | None:
        try:
            streams = await asyncio.open_connection(LOCALHOST, self.request.draw.choice(self._replicas).port)
        except OSError:
            return None
        # A replica that is killed at this moment has broken the connection again: it has no peer.
        return streams if streams[1].get_extra_info("peername") else None

    async def waits(self, pieces: int = 1) -> list[Message | None]:
        """Send the request in pieces and wait for the response."""
        if (streams := await self._open()) is None:
            return [None]
        reader, writer = streams
        request = self._message()
        size = len(request) // pieces + 1
        port, begin = writer.get_extra_info("peername")[1], time.monotonic()
        answer = None
        try:
            for start in range(0, len(request), size):
                writer.write(request[start : start + size])
                await asyncio.sleep(0.0 if pieces == 1 else 0.05)
            answer = await asyncio.wait_for(wire.read_message(reader), ANSWER_WITHIN)
        except (TimeoutError, OSError):
            pass
        finally:
            writer.close()
        if answer is None:
            self.unanswered.append(Unanswered(port, begin, time.monotonic()))
        return [answer]

    async def sends_slowly(self) -> list[Message | None]:
        """Send pieces slowly, but within the limit."""
        return await self.waits(pieces=6)

    async def vanishes(self, end: Callable[[asyncio.StreamWriter], Any] | None = None) -> list[Message | None]:
        """Disconnect before a response."""
        if (streams := await self._open()) is not None:
            streams[1].write(self._message())
            await asyncio.sleep(self.request.draw.uniform(0, 1.2))
            (end or asyncio.StreamWriter.close)(streams[1])
        return [None]

    async def resets(self) -> list[Message | None]:
        """Disconnect with a reset."""
        return await self.vanishes(wire.reset)

    async def stalls(self) -> list[Message | None]:
        """Send a part of the request and wait until the service closes the connection."""
        if (streams := await self._open()) is None:
            return [None]
        reader, writer = streams
        request = self._message()
        try:
            writer.write(request[: self.request.draw.randrange(1, len(request))])
            return [await asyncio.wait_for(wire.read_message(reader), ANSWER_WITHIN)]
        except (TimeoutError, OSError):
            return [None]
        finally:
            writer.close()

    async def asks_twice(self, times: int = 2) -> list[Message | None]:
        """Send the same request several times concurrently, to any replicas."""
        return [answer for answers in await asyncio.gather(*(self.waits() for _ in range(times))) for answer in answers]

    async def floods(self) -> list[Message | None]:
        """Send the same request many times concurrently."""
        return await self.asks_twice(FLOOD)


_MANNERS: Mapping[str, Callable[[Client], Awaitable[list[Message | None]]]] = {
    "waits": Client.waits,
    "sends slowly": Client.sends_slowly,
    "vanishes": Client.vanishes,
    "resets": Client.resets,
    "stalls": Client.stalls,
    "asks twice": Client.asks_twice,
    "floods": Client.floods,
}
