"""Tools for the developers of the service."""
