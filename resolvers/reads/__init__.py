"""Reads: what is selected, and the fewest REST calls that return it."""
