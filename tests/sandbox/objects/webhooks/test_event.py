"""The old values that an event reports."""

import pytest

from sandbox.objects.webhooks.event import previous_attributes


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"name": "Jenny"}, {"name": "Jenny"}, {}),
        ({"name": None, "email": "a@b.example"}, {"name": "Jenny", "email": "a@b.example"}, {"name": None}),
        ({"card": {"month": 8, "last4": "1"}}, {"card": {"month": 9, "last4": "1"}}, {"card": {"month": 8}}),
        ({"a": {"b": {"c": 1, "d": 2}}}, {"a": {"b": {"c": 3, "d": 2}}}, {"a": {"b": {"c": 1}}}),
        ({"locales": ["de", "en"]}, {"locales": ["de"]}, {"locales": ["de", "en"]}),
        ({"address": {"city": "Ulm"}}, {"address": None}, {"address": {"city": "Ulm"}}),
        ({"address": None}, {"address": {"city": "Ulm"}}, {"address": None}),
        ({"metadata": {"a": "1"}}, {"metadata": {"b": "2"}}, {"metadata": {"a": "1", "b": None}}),
        ({"individual_name": "Jenny"}, {}, {"individual_name": "Jenny"}),
    ],
)  # fmt: skip
def test_only_changed_members(before, after, expected):
    assert previous_attributes(before, after) == expected
