"""Everything around GraphQL: settings, authentication, limits, HTTP, telemetry, pages."""
