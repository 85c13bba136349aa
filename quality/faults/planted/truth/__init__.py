"""Planted bugs in live wallets, which `python -m quality.truth` must find."""
