"""What surrounds GraphQL: settings, the caller, limits, HTTP, logs."""
