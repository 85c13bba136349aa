"""Payment methods, their mandates, and ConfirmationTokens."""
