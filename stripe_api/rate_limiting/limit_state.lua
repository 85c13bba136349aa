-- The state of a limit: its current factor, the time of the last 429, and the end of the pause. The Python module
-- puts this file and its constants (RECOVERY, WINDOW_MS, HOLD_MS, CLOSED_MS, POLL_MS, YIELD_MS, BUSY_MS, MEMORY_SECONDS)
-- before the other scripts.

local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)

local function limit_state(key)
  local stored = redis.call('HMGET', key, 'part', 'since', 'paused')
  local factor = math.min(1, tonumber(stored[1] or 1) + RECOVERY * (now - tonumber(stored[2] or 0)) / 1000)
  return factor, tonumber(stored[3] or 0)
end
