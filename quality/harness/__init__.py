"""Helpers that tests, benchmarks, fault injection and fuzzing share."""
