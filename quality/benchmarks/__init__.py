"""Benchmarks. CI runs a short part of them."""
