"""Planted bugs in the use of the shared store, which `python -m quality.faults.stores` must find."""
