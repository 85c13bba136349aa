"""Payments while everything around the service fails: one order must never be paid twice."""
