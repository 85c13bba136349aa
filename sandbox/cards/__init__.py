"""Test cards, and how their issuers respond."""
