"""Shared parts of the mutations: declaration, checks before the first REST call, outcomes."""
