"""A SetupIntent, and what PaymentIntents have in common with it: errors, the next action, mandates."""
