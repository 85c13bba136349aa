"""PaymentIntents. The types of errors, next actions and usage are in `schema/setup_intents/`."""
