-- Checks whether reads would get the same responses again.
-- ARGV: the prefix; the greatest age in milliseconds; then for each read: the wallet; the payment method; the
--       response's field; its stamp; the time of the read.
-- Returns the time, or 0 if a response is not valid any more or is another one.

for at = 3, #ARGV, 5 do
  local names = wallets_of(ARGV[at], ARGV[at + 1])
  local stamp = stamp_of(names, '', 0)
  if stamp == '' or stamp ~= ARGV[at + 3] then return 0 end
  if valid_response(names[1], ARGV[at + 2], stamp, ARGV[2]) ~= tonumber(ARGV[at + 4]) then return 0 end
end
return now
