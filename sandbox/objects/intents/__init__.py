"""SetupIntents and PaymentIntents, their attempts and charges."""
