"""Shared parts of the mutations: declaration, checks before the first REST call, lock of a wallet, outcomes."""
