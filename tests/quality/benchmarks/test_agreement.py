"""Answers that count as the same, and those that do not."""

from __future__ import annotations

import pytest

from quality.benchmarks.agreement import Disagreement, canonical


def test_spelling_does_not_matter():
    assert canonical(b'{"data": {"a": "\\u00e9", "b": 1}}') == canonical('{"data":{"a":"é","b":1}}'.encode())


def test_the_order_of_members_matters():
    assert canonical(b'{"data": {"a": 1, "b": 1}}') != canonical(b'{"data": {"b": 1, "a": 1}}')


@pytest.mark.parametrize("answer", [b'{"data": null}', b'{"data": {"a": 1}, "errors": []}', b"{}"])
def test_errors_are_no_answer(answer):
    with pytest.raises(Disagreement):
        canonical(answer)
