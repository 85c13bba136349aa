"""What tests, benchmarks, fault injection and fuzzing share."""
