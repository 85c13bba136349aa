"""Endpoints of events and webhook endpoints."""
