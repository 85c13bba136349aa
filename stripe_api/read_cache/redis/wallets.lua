-- The generations and the reverse index in the store. The Python module puts this file before the other scripts.
-- ARGV[1] is the prefix of all keys. Keys:
--   wallet:<id>  a hash: generation, evicted (the time of the last eviction), and one field for each response
--   owners:<id>  the wallets of a payment method or intent, or all names of a wallet that has two, with spaces
--   unassigned   the token of the last change of an unknown wallet

local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)

local function wallet_key(name) return ARGV[1] .. 'wallet:' .. name end

local function owners_key(id) return ARGV[1] .. 'owners:' .. id end

local unassigned_key = ARGV[1] .. 'unassigned'

local function owners(id)
  local names = {}
  for name in string.gmatch(redis.call('GET', owners_key(id)) or '', '%S+') do names[#names + 1] = name end
  return names
end

-- The wallets that a read depends on: the one that it names, and the owners of what it names. The hash of the first
-- has the response.
local function wallets_of(wallet, method)
  local names = {}
  if wallet ~= '' then names[1] = wallet end
  for _, name in ipairs(owners(wallet ~= '' and wallet or method)) do
    if name ~= wallet then names[#names + 1] = name end
  end
  return names
end

-- A full store refuses new data.
local function is_refused(reply) return type(reply) == 'table' and reply.err ~= nil end

-- The stamp of these wallets, and the time of their latest eviction. A wallet without a generation gets `token`; with
-- an empty token, or if the store is full, the stamp is empty.
local function stamp_of(names, token, keep)
  local tokens, evicted = {}, 0
  for at, name in ipairs(names) do
    local found = redis.call('HMGET', wallet_key(name), 'generation', 'evicted')
    if not found[1] then
      if token == '' or is_refused(redis.pcall('HSET', wallet_key(name), 'generation', token)) then return '', 0 end
      redis.call('PEXPIRE', wallet_key(name), keep)
    end
    tokens[at] = found[1] or token
    evicted = math.max(evicted, tonumber(found[2] or 0))
  end
  return table.concat(tokens, ','), evicted
end

-- The time and the bytes of a wallet's response, if it is valid under the current stamp.
local function valid_response(name, field, stamp, max_age)
  local entry = redis.call('HGET', wallet_key(name), field)
  if not entry then return nil end
  local stored_stamp, read_at, expires_at, start = string.match(entry, '^([^|]*)|(%d+)|(%d+)|()')
  local is_valid = stored_stamp == stamp and now < math.min(tonumber(expires_at), read_at + max_age)
  if is_valid then return tonumber(read_at), string.sub(entry, start) end
end

-- Keeps the owners that ARGV has from this position on, in pairs of an id and its wallets.
local function keep_owners(position, keep)
  for at = position, #ARGV, 2 do
    if is_refused(redis.pcall('SET', owners_key(ARGV[at]), ARGV[at + 1], 'PX', keep)) then return false end
  end
  return true
end
