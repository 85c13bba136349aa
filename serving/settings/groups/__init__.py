"""The groups of settings, by subject."""
