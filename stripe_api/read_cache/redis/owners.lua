-- The wallets of a payment method.
-- ARGV: the prefix; the payment method.

return owners(ARGV[2])
