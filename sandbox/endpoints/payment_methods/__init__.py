"""Endpoints of payment methods, mandates and ConfirmationTokens."""
