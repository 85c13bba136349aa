"""Changes that concern several objects or that several endpoints make."""
