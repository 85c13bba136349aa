"""Changes to SetupIntents and PaymentIntents, from confirmation to settlement."""
