"""The parameters that endpoints accept."""
