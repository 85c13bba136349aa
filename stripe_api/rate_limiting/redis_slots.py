"""The slots that replicas share, in Valkey or Redis: one script, one round trip for all calls that ask at once.

A store that is new, or has lost what it held, grants nothing for CLOSED seconds: calls that it knows nothing of may be
on their way. Each limit has a sorted set of the calls that hold its slots, by the time at which they leave them, and a
hash of what 429s have said: `part` of the limit that is left `since` when, and until when calls are `paused`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from stripe_api.rate_limiting.limit import LONGEST_PAUSE, RECOVERY, WINDOW

Run = Callable[[Sequence[str], Sequence[str | int]], Awaitable[Sequence[int] | None]]
"""Runs a script with its keys and arguments; answers None while the store is unavailable."""

HOLD = 5.0
"""Seconds after which a slot comes back whose replica has not told that the call was answered, or has died."""

POLL = 100
"""Milliseconds after which a slot is asked for again, since it may come back earlier than is known."""

CLOSED = 1.25
"""Seconds without calls after the state of the store was lost: one window, and what a call may take to Stripe."""

BUSY_SECONDS = 2
MEMORY_SECONDS = 60

_HEAD = f"""
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)

local function left(slow)
  local told = redis.call('HMGET', slow, 'part', 'since', 'paused')
  local part = math.min(1, tonumber(told[1] or 1) + {RECOVERY} * (now - tonumber(told[2] or 0)) / 1000)
  return part, tonumber(told[2] or 0), tonumber(told[3] or 0)
end
"""

# KEYS: the replicas; whose writes wait; since when the store has its state; of each limit its slots and what 429s have
#       said, that of all calls first.
# ARGV: the replica; the limit of all; that of an endpoint, 0 for none; how many calls were answered; of each of them
#       the number of its endpoint's limit, its name, ms since then; of each ask the number, its name, 1 if it yields.
# Answers the number of replicas; of those that asked lately; of each ask the limit without room, 0 for none, and ms.
TAKE = (
    _HEAD
    + f"""
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - {MEMORY_SECONDS * 1000})
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('EXPIRE', KEYS[1], {MEMORY_SECONDS})
local told = {{redis.call('ZCARD', KEYS[1]), redis.call('ZCOUNT', KEYS[1], now - {BUSY_SECONDS * 1000}, '+inf')}}

local born = tonumber(redis.call('GET', KEYS[3]) or now)
if born >= now then
  born = now
  redis.call('SET', KEYS[3], now)
end
local closed = born + {round(CLOSED * 1000)} - now

local function slots(n) return KEYS[2 + 2 * n] end

local function wait(n)
  redis.call('ZREMRANGEBYSCORE', slots(n), '-inf', now)
  local part, _, paused = left(KEYS[3 + 2 * n])
  local limit = tonumber(ARGV[n == 1 and 2 or 3])
  local allowed = limit == 0 and math.huge or math.max(1, math.floor(limit * part))
  local most = redis.call('ZCARD', slots(n)) - allowed
  if most < 0 or paused > now then return math.max(0, paused - now) end
  local first = redis.call('ZRANGE', slots(n), most, most, 'WITHSCORES')
  return math.max(1, math.min({POLL}, tonumber(first[2]) - now))
end

local at = 5
for _ = 1, tonumber(ARGV[4]) do
  local n, name, ago = tonumber(ARGV[at]), ARGV[at + 1], tonumber(ARGV[at + 2])
  for _, limit in ipairs({{1, n}}) do
    redis.call('ZADD', slots(limit), now - ago + {round(WINDOW * 1000)}, name)
    redis.call('EXPIRE', slots(limit), {MEMORY_SECONDS})
  end
  at = at + 3
end

for i = at, #ARGV, 3 do
  local n, name, yields = tonumber(ARGV[i]), ARGV[i + 1], ARGV[i + 2] == '1'
  local full, ms = 0, 0
  if closed > 0 then full, ms = 1, closed end
  for _, limit in ipairs({{1, n}}) do
    local its = wait(limit)
    if its > ms then full, ms = limit, its end
  end
  if full == 1 and not yields then redis.call('SET', KEYS[2], ARGV[1], 'PX', ms + {POLL}) end
  if full == 0 and yields and (redis.call('GET', KEYS[2]) or ARGV[1]) ~= ARGV[1] then full, ms = 1, 50 end
  if full == 0 then
    for _, limit in ipairs({{1, n}}) do
      redis.call('ZADD', slots(limit), now + {round(HOLD * 1000)}, name)
      redis.call('EXPIRE', slots(limit), {MEMORY_SECONDS})
    end
  end
  told[#told + 1] = full
  told[#told + 1] = ms
end
return told
"""
)

# KEYS: what 429s have said of a limit. ARGV: the ms for which nothing is to be sent; the limit, 0 for none.
SLOW_DOWN = (
    _HEAD
    + """
local part, _, paused = left(KEYS[1])
if tonumber(ARGV[2]) > 0 then
  redis.call('HSET', KEYS[1], 'part', tostring(math.max(0, part - 1 / ARGV[2])), 'since', now)
end
redis.call('HSET', KEYS[1], 'paused', math.max(paused, now + ARGV[1]))
redis.call('EXPIRE', KEYS[1], MEMORY)
return {}
""".replace("MEMORY", str(MEMORY_SECONDS))
)


@dataclass(frozen=True, slots=True)
class Ask:
    """A call that wants a slot. `yields`: writes of other replicas that wait go first."""

    name: str
    endpoint: str
    yields: bool


@dataclass(frozen=True, slots=True)
class Answered:
    """A call whose answer has come, `ago` seconds ago."""

    name: str
    endpoint: str
    ago: float


@dataclass(frozen=True, slots=True)
class Refusal:
    """No slot: `limit` has none; it is worth asking again after `wait` seconds. None stands for all calls' limit."""

    endpoint: str | None
    wait: float


@dataclass(frozen=True, slots=True)
class Taken:
    """Of each ask in turn None when its slot is taken. `busy` of the `replicas` have asked lately."""

    replicas: int
    busy: int
    refusals: Sequence[Refusal | None]


class RedisSlots:
    """The slots of the replicas that use one key of Stripe's. `script` makes a script of the store ready to run."""

    def __init__(
        self,
        script: Callable[[str], Run],
        *,
        replica: str,
        account: str,
        per_second: int | None,
        per_endpoint: int | None,
    ) -> None:
        self._take = script(TAKE)
        self._slow_down = script(SLOW_DOWN)
        self._replica = replica
        self._limits = [per_second or 0, per_endpoint or 0]
        self._prefix = f"attache:calls:{{{hashlib.sha256(account.encode()).hexdigest()[:16]}}}"

    async def take(self, asks: Sequence[Ask], answered: Sequence[Answered]) -> Taken | None:
        """Take a slot for each ask, and say which calls were answered; None while the store is unavailable."""
        names = list(dict.fromkeys([ask.endpoint for ask in asks] + [call.endpoint for call in answered]))
        number = {name: at for at, name in enumerate(names, start=2)}
        keys = [f"{self._prefix}:{name}" for name in ("replicas", "writes", "born")]
        keys += [key for name in (None, *names) for key in self._keys(name)]
        arguments: list[str | int] = [self._replica, *self._limits, len(answered)]
        for call in answered:
            arguments += [number[call.endpoint], call.name, round(call.ago * 1000)]
        for ask in asks:
            arguments += [number[ask.endpoint], ask.name, int(ask.yields)]
        told = await self._take(keys, arguments)
        return None if told is None else _understand(told, names)

    async def slow_down(self, endpoint: str | None, pause: float) -> None:
        """Lower the limit for all replicas, since Stripe has answered 429, and pause for so many seconds."""
        limit = self._limits[0 if endpoint is None else 1]
        await self._slow_down([self._keys(endpoint)[1]], [round(min(pause, LONGEST_PAUSE) * 1000), limit])

    def _keys(self, endpoint: str | None) -> tuple[str, str]:
        of = "all" if endpoint is None else f"of:{endpoint}"
        return f"{self._prefix}:slots:{of}", f"{self._prefix}:slowed:{of}"


def _understand(told: Sequence[int], names: Sequence[str]) -> Taken:
    replicas, busy, *rest = told
    pairs = zip(rest[::2], rest[1::2], strict=True)
    refusals = [Refusal(names[full - 2] if full > 1 else None, ms / 1000) if full else None for full, ms in pairs]
    return Taken(replicas, max(1, busy), refusals)
