-- Lowers a limit after a 429, and pauses its calls.
-- KEYS: the state of the limit.
-- ARGV: milliseconds of the pause; the limit per second, 0 for none.

local factor, paused = limit_state(KEYS[1])
if tonumber(ARGV[2]) > 0 then
  redis.call('HSET', KEYS[1], 'part', tostring(math.max(0, factor - 1 / ARGV[2])), 'since', now)
end
redis.call('HSET', KEYS[1], 'paused', math.max(paused, now + ARGV[1]))
redis.call('EXPIRE', KEYS[1], MEMORY_SECONDS)
return {}
