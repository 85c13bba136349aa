"""Bugs in the use of the shared store, one in each module: `python -m faults.stores` must find them."""
