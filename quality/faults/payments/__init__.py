"""Payments under faults: no order may be paid twice."""
