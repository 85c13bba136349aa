"""Planted bugs. Importing one of these modules breaks the service, and fault injection must find it."""
