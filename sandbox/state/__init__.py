"""The sandbox's memory: objects, ids, clock, ledger and idempotency keys."""
