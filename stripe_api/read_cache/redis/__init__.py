"""The read cache in Valkey or Redis."""
