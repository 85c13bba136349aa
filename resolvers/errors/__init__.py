"""The error contract: what is raised, and what a client receives for it."""
