"""Endpoints of SetupIntents, PaymentIntents, setup attempts and charges."""
