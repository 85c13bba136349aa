"""Concurrent writes to wallets over two replicas, while their shared store fails."""
