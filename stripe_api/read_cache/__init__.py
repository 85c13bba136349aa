"""The read cache: Stripe's responses to reads of wallets, valid until the wallet changes."""
