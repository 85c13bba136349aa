"""The error contract: exceptions, and their conversion for the client."""
