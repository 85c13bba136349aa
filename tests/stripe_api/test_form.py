from urllib.parse import parse_qsl

from hypothesis import given
from hypothesis import strategies as st

from stripe_api.form import encode

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="[]"), min_size=1, max_size=8).filter(
    lambda name: not name.isdigit()
)
SCALARS = TEXT | st.integers(-(10**12), 10**12) | st.booleans()
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, min_size=1, max_size=3) | st.dictionaries(NAMES, inner, min_size=1, max_size=3),
    max_leaves=10,
)


def decode(encoded):
    """The reference: brackets back into nested dictionaries, whose all-number keys are lists."""
    root = {}
    for key, value in parse_qsl(encoded, keep_blank_values=True):
        first, *rest = key.replace("]", "").split("[")
        place = root
        for step, following in zip([first, *rest], rest, strict=False):
            place = place.setdefault(step, {})
            del following
        place[[first, *rest][-1]] = value
    return lists(root)


def lists(value):
    if not isinstance(value, dict):
        return value
    values = {key: lists(item) for key, item in value.items()}
    return list(values.values()) if values and all(key.isdigit() for key in values) else values


def as_text(value):
    if isinstance(value, dict):
        return {key: as_text(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_text(item) for item in value]
    return str(value).lower() if isinstance(value, bool) else str(value)


@given(st.dictionaries(NAMES, VALUES, max_size=4))
def test_whatever_is_encoded_can_be_read_back(params):
    assert decode(encode(params)) == as_text(params)


def test_nesting_is_in_brackets():
    assert parse_qsl(encode({"card": {"checks": {"cvc": "pass"}}})) == [("card[checks][cvc]", "pass")]


def test_lists_are_indexed():
    assert parse_qsl(encode({"expand": ["customer", "data.customer"]})) == [
        ("expand[0]", "customer"),
        ("expand[1]", "data.customer"),
    ]


def test_none_is_left_out_and_an_empty_string_unsets():
    assert encode({"name": None, "email": ""}) == "email="


def test_empty_lists_and_objects_send_nothing():
    assert encode({"expand": [], "metadata": {}}) == ""


def test_booleans_are_words():
    assert encode({"enabled": True, "disabled": False}) == "enabled=true&disabled=false"


def test_reserved_characters_cannot_add_parameters():
    assert parse_qsl(encode({"name": "a&customer=cus_2#?%26"})) == [("name", "a&customer=cus_2#?%26")]
