"""Parameters of SetupIntents, PaymentIntents, setup attempts and charges."""
