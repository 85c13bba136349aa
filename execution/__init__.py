"""How an operation runs: documents prepared once, then the ordinary executor."""
