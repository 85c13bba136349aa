"""A PaymentIntent. Its error, its next action and the use of what it saves are those of `schema/setup_intents/`."""
