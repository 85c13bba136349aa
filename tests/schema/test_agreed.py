"""The printed schema against the agreed one: all of it is there, with no breaking difference."""

from graphql import build_schema
from graphql.utilities import find_breaking_changes

from app import schema


def test_nothing_agreed_is_missing_or_different(shared):
    agreed = build_schema((shared / "design/schema.graphql").read_text())
    assert not find_breaking_changes(agreed, build_schema(schema.as_str()))
