"""The truth test, a consistency checker: runs seeded histories, and compares responses with the sandbox's ledger."""
