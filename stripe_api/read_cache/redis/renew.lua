-- Gives new generations to wallets, and drops their responses. Without wallets, the change is unassigned.
-- ARGV: the prefix; the new token; milliseconds that a wallet is kept; then ids of wallets, each after `wallet`, and of
--       payment methods and intents, each after `object`.
-- Returns the wallets.

local names, added = {}, {}
local function add(name)
  if not added[name] then
    added[name] = true
    names[#names + 1] = name
  end
end

for at = 4, #ARGV, 2 do
  if ARGV[at] == 'wallet' then add(ARGV[at + 1]) end
  for _, name in ipairs(owners(ARGV[at + 1])) do add(name) end
end
for _, name in ipairs(names) do
  -- Deleting works even if the store is full. The next lookup then creates the generation.
  redis.call('DEL', wallet_key(name))
  if not is_refused(redis.pcall('HSET', wallet_key(name), 'generation', ARGV[2], 'evicted', now)) then
    redis.call('PEXPIRE', wallet_key(name), ARGV[3])
  end
end
if #names == 0 then redis.pcall('SET', unassigned_key, ARGV[2], 'PX', ARGV[3]) end
return names
