"""The truth test: seeded histories of wallets, and an auditor that compares each response with the sandbox's ledger."""
