"""Applies each kind of change to a copy of the project, and compares the changed files with README.md."""
