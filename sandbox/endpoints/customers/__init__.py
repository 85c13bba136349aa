"""Endpoints of customers, customer sessions and ephemeral keys."""
