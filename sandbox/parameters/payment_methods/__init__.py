"""Parameters of payment methods and ConfirmationTokens."""
