"""Bugs in the use of the shared store, one in each module: `python -m quality.faults.stores` must find them."""
