"""Benchmarks: commands to run by hand. CI runs a bounded part."""
