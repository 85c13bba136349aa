"""A SetupIntent, and the error of a failed setup."""
