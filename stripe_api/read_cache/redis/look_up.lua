-- Finds the generations of a read's wallets, and its response if it is valid.
-- ARGV: the prefix; the wallet; the payment method; the response's field; a token for wallets without a generation;
--       milliseconds that a wallet is kept; the maximum age in milliseconds.
-- Returns the time, the time of the latest eviction, the stamp, the token of unassigned changes, the wallets, the time
--         of the read, the response.

local names = wallets_of(ARGV[2], ARGV[3])
local stamp, evicted = stamp_of(names, ARGV[5], ARGV[6])
local unassigned = redis.call('GET', unassigned_key) or ''
local found = {now, evicted, stamp, unassigned, table.concat(names, ' '), 0, ''}
if stamp == '' then return found end

local read_at, response = valid_response(names[1], ARGV[4], stamp, ARGV[7])
if read_at then found[6], found[7] = read_at, response end
return found
