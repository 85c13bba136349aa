"""The printed schema compared with the agreed one: all of it is there, with no breaking difference."""

from graphql import build_schema
from graphql.utilities import BreakingChangeType, find_breaking_changes

from app import schema

NOT_YET = (
    BreakingChangeType.TYPE_REMOVED,
    BreakingChangeType.FIELD_REMOVED,
    BreakingChangeType.VALUE_REMOVED_FROM_ENUM,
)
"""Parts of the target that the schema may still lack."""


def test_nothing_agreed_is_missing_or_different(shared):
    agreed = build_schema((shared / "design/schema.graphql").read_text())
    assert not find_breaking_changes(agreed, build_schema(schema.as_str()))


def test_what_is_there_is_as_in_the_target(shared):
    target = build_schema((shared / "design/schema-target.graphql").read_text())
    found = find_breaking_changes(target, build_schema(schema.as_str()))
    assert not [change for change in found if change.type not in NOT_YET]
