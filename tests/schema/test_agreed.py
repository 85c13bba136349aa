"""The printed schema compared with the agreed one: all of it is there, with no breaking difference."""

import pytest
from graphql import build_schema
from graphql.utilities import find_breaking_changes

from app import schema


def test_nothing_agreed_is_missing_or_different(shared):
    agreed = build_schema((shared / "design/schema.graphql").read_text())
    assert not find_breaking_changes(agreed, build_schema(schema.as_str()))


@pytest.mark.parametrize(("type", "fields"), [("SetupError", None), ("SetupIntent", ["lastSetupError"])])
def test_a_setup_error_is_as_in_the_target_schema(shared, type, fields):
    target = build_schema((shared / "design/schema-target.graphql").read_text()).type_map[type].fields
    printed = build_schema(schema.as_str()).type_map[type].fields
    assert target
    for name in fields or target.keys() | printed.keys():
        assert str(printed[name].type) == str(target[name].type)
