"""Bracketed form bodies."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.errors import ParameterError
from sandbox.http import form
from tests.sandbox.driver import encoded


@pytest.mark.parametrize(
    ("text", "decoded"),
    [
        (b"", {}),
        (b"&&", {}),
        (b"a=1", {"a": "1"}),
        (b"a", {"a": ""}),
        (b"a=1&a=2", {"a": "2"}),
        (b"a=b%20c+d", {"a": "b c d"}),
        (b"a=%E2%82%AC", {"a": "€"}),
        (b"a=1=2", {"a": "1=2"}),
        (b"a[b][c]=1&a[d]=2", {"a": {"b": {"c": "1"}, "d": "2"}}),
        (b"a%5Bb%5D=1", {"a": {"b": "1"}}),
        (b"a[]=1&a[]=2", {"a": {"0": "1", "1": "2"}}),
        (b"a[1]=2&a[0]=1", {"a": {"1": "2", "0": "1"}}),
        (b"a[0][b]=1&a[0][c]=2", {"a": {"0": {"b": "1", "c": "2"}}}),
        (b"a[][b]=1&a[][c]=2&a[][b]=3", {"a": {"0": {"b": "1", "c": "2"}, "1": {"b": "3"}}}),
        (b"a[b=1", {"a[b": "1"}),
        (b"[a]=1", {"[a]": "1"}),
        (b"a[b]c=1", {"a[b]c": "1"}),
    ],
)
def test_decoding(text, decoded):
    assert form.decode(text) == decoded


@pytest.mark.parametrize(
    "text",
    [b"a=%FF", b"%FF=a", b"a=\xff", b"a=1&a[b]=2", b"a[b]=1&a[b][c]=2", b"a" + b"[b]" * 9 + b"=1", b"a=1&" * 1001],
)
def test_invalid_forms(text):
    with pytest.raises(ParameterError):
        form.decode(text)


def test_value_may_replace_an_object():
    assert form.decode(b"metadata[a]=1&metadata=") == {"metadata": ""}


names = st.text(st.characters(exclude_characters="[]", exclude_categories=["Cs"]), min_size=1, max_size=5)
values = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
trees = st.dictionaries(
    names,
    st.recursive(values, lambda below: st.dictionaries(names, below, min_size=1, max_size=3), max_leaves=8),
    max_size=4,
)


@given(trees)
def test_decoding_reverses_encoding(tree):
    assert form.decode(encoded(tree)) == tree


@given(st.binary(max_size=60))
def test_any_bytes_are_decoded_or_refused(text):
    with suppress(ParameterError):
        form.decode(text)
