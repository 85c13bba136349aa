"""Parameters of events and webhook endpoints."""
