"""Requests and responses over HTTP, before and after an endpoint handles them."""
