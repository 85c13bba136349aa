-- Takes slots for several calls, and records the responses of earlier ones.
-- KEYS: the replicas; the replica with waiting writes; the start of the store's state; then for each limit its slots
--       and its state. Limit 1 is for all calls, the others are for endpoints.
-- ARGV: the replica; the limit of all calls; the limit of an endpoint, 0 for none; the number of responses; for each
--       response the number of its endpoint's limit, the call's name, milliseconds since the response; for each
--       request the number of its endpoint's limit, the call's name, 1 if it yields to writes.
-- Returns the number of replicas, and of those that requested slots recently. Then for each request the number of the
--       limit without a slot, 0 if the slot was taken; and milliseconds until the next attempt.

redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - MEMORY_SECONDS * 1000)
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('EXPIRE', KEYS[1], MEMORY_SECONDS)
local result = {redis.call('ZCARD', KEYS[1]), redis.call('ZCOUNT', KEYS[1], now - BUSY_MS, '+inf')}

local created = tonumber(redis.call('GET', KEYS[3]) or now)
if created >= now then
  created = now
  redis.call('SET', KEYS[3], now)
end
local closed = created + CLOSED_MS - now

local function slots(n) return KEYS[2 + 2 * n] end

-- Milliseconds until limit n may have a slot.
local function wait(n)
  redis.call('ZREMRANGEBYSCORE', slots(n), '-inf', now)
  local factor, paused = limit_state(KEYS[3 + 2 * n])
  local limit = tonumber(ARGV[n == 1 and 2 or 3])
  local allowed = limit == 0 and math.huge or math.max(1, math.floor(limit * factor))
  local excess = redis.call('ZCARD', slots(n)) - allowed
  if excess < 0 or paused > now then return math.max(0, paused - now) end
  local first = redis.call('ZRANGE', slots(n), excess, excess, 'WITHSCORES')
  return math.max(1, math.min(POLL_MS, tonumber(first[2]) - now))
end

-- A call holds a slot of limit 1 and one of its endpoint's limit n.
local function hold(n, name, expires_at)
  for _, limit in ipairs({1, n}) do
    redis.call('ZADD', slots(limit), expires_at, name)
    redis.call('EXPIRE', slots(limit), MEMORY_SECONDS)
  end
end

local at = 5
for _ = 1, tonumber(ARGV[4]) do
  hold(tonumber(ARGV[at]), ARGV[at + 1], now - tonumber(ARGV[at + 2]) + WINDOW_MS)
  at = at + 3
end

for i = at, #ARGV, 3 do
  local n, name, yields = tonumber(ARGV[i]), ARGV[i + 1], ARGV[i + 2] == '1'
  local full, ms = 0, 0
  if closed > 0 then full, ms = 1, closed end
  for _, limit in ipairs({1, n}) do
    local milliseconds = wait(limit)
    if milliseconds > ms then full, ms = limit, milliseconds end
  end
  if full == 1 and not yields then redis.call('SET', KEYS[2], ARGV[1], 'PX', ms + POLL_MS) end
  if full == 0 and yields and (redis.call('GET', KEYS[2]) or ARGV[1]) ~= ARGV[1] then full, ms = 1, YIELD_MS end
  if full == 0 then hold(n, name, now + HOLD_MS) end
  result[#result + 1] = full
  result[#result + 1] = ms
end
return result
