"""Answers that count as the same, and those that do not."""

from __future__ import annotations

import pytest

from quality.benchmarks.equal_responses import ResponseMismatch, normalized_data


def test_spelling_does_not_matter():
    assert normalized_data(b'{"data": {"a": "\\u00e9", "b": 1}}') == normalized_data(
        '{"data":{"a":"é","b":1}}'.encode()
    )


def test_the_order_of_members_matters():
    assert normalized_data(b'{"data": {"a": 1, "b": 1}}') != normalized_data(b'{"data": {"b": 1, "a": 1}}')


@pytest.mark.parametrize("response", [b'{"data": null}', b'{"data": {"a": 1}, "errors": []}', b"{}"])
def test_a_response_with_errors_is_rejected(response):
    with pytest.raises(ResponseMismatch):
        normalized_data(response)
