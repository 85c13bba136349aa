"""Changes of wallets: Stripe's events come in, and each change goes to the read cache and to subscribers."""
