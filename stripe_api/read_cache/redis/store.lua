-- Keeps a response, if the generations are still those of its lookup, and indexes what it contains.
-- ARGV: the prefix; the wallet; the payment method; the response's field; the stamp; the time of the read; the time
--       until which the response is valid; milliseconds that a wallet is kept; milliseconds that owners are kept; the
--       maximum number of fields of a wallet; the response; the token of unassigned changes; then ids with their
--       wallets.
-- Returns 1 if the response is kept, 0 if not.

if not keep_owners(13, ARGV[9]) then return 0 end
local names = wallets_of(ARGV[2], ARGV[3])
if ARGV[5] == '' or stamp_of(names, '', 0) ~= ARGV[5] then return 0 end
if (redis.call('GET', unassigned_key) or '') ~= ARGV[12] then return 0 end

local key = wallet_key(names[1])
local previous = redis.call('HGET', key, ARGV[4])
if previous then
  local stamp, read_at = string.match(previous, '^([^|]*)|(%d+)|')
  if stamp == ARGV[5] and tonumber(read_at) > tonumber(ARGV[6]) then return 0 end
elseif redis.call('HLEN', key) >= tonumber(ARGV[10]) then
  local state = redis.call('HMGET', key, 'generation', 'evicted')
  redis.call('DEL', key)
  if is_refused(redis.pcall('HSET', key, 'generation', state[1], 'evicted', state[2] or 0)) then return 0 end
end
local entry = table.concat({ARGV[5], ARGV[6], ARGV[7], ARGV[11]}, '|')
local kept = not is_refused(redis.pcall('HSET', key, ARGV[4], entry))
redis.call('PEXPIRE', key, ARGV[8])
return kept and 1 or 0
