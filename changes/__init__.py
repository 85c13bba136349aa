"""Changes of wallets: received as events from Stripe, and passed on to the read cache and to subscribers."""
