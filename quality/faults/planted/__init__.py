"""Bugs, one in each module, which break the service when they are imported: the harness must find them."""
