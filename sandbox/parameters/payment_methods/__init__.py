"""Parameters of payment methods, mandates and ConfirmationTokens."""
