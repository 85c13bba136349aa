"""The version of this release, as pyproject.toml names it."""

VERSION = "0.1.0"
