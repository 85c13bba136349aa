"""Bugs of live wallets, one in each module: `python -m quality.truth` must find them."""
