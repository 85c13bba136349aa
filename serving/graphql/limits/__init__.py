"""Limits of operations: size, depth, cost, introspection."""
