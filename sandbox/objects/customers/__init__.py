"""Customers, and the keys with which a frontend reads one."""
