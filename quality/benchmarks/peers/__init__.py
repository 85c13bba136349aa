"""The servers that the service is measured against: each small, as its own documentation would have it."""
