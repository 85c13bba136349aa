"""The queries, one file per type."""
