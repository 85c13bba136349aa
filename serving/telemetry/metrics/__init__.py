"""Metrics: their definitions, what counts them, and the endpoint that Prometheus reads."""
