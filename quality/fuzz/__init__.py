"""Fuzz tests of the service. `make fuzz` runs a limited number of examples."""
