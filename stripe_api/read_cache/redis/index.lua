-- Indexes what a response contains.
-- ARGV: the prefix; milliseconds that owners are kept; then ids with their wallets.

return keep_owners(3, ARGV[2]) and 1 or 0
