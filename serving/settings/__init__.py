"""The settings: one frozen class, read from the environment once."""
