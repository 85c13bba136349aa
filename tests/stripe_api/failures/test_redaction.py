"""Which of Stripe's texts are logged, and that no value in them is."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stripe_api.failures.error_response import error_from_response
from stripe_api.failures.redaction import _SHAPES, MASK, masked_message, masked_parameter

PERSONAL = ("Jenny Rosen", "jenny.rosen@example.com", "+49 30 1234567", "4242424242424242", "DE89370400440532013000")


@pytest.mark.parametrize(
    ("message", "logged"),
    [
        ("No such customer: 'cus_NbZ8Ki3f322LNn'", "No such customer: …"),
        ("No such token: 'tok_x'", "No such …: …"),
        ("Invalid email address: jenny.rosen@example.com", "Invalid email address: …"),
        ("Invalid string: Pan Americ...ter School; must be at most 30 characters",
         "Invalid string: …; must be at most … characters"),
        ("Metadata keys can have up to 40 characters, but you passed in a key that is 41 characters."
         " Invalid key: Jenny",
         "Metadata keys can have up to … characters, but you passed in a key that is … characters. Invalid key: …"),
        ("Metadata values can have up to 500 characters, but you passed in a value that is 504 characters."
         " Invalid value: 1 Main Street\nSpringfield",
         "Metadata values can have up to … characters, but you passed in a value that is … characters."
         " Invalid value: …"),
        ("PaymentMethods of type 'ideal' cannot be saved to customers.",
         "PaymentMethods of type … cannot be saved to customers."),
        ("Received unknown parameter: foo", "Received unknown parameter: …"),
        ("The payment method you provided has already been attached to a customer.",) * 2,
    ],
)  # fmt: skip
def test_a_known_shape_is_logged_without_its_values(message, logged):
    assert masked_message(message) == logged


@pytest.mark.parametrize(
    "message",
    [
        "",
        "Jenny Rosen",
        "Your card was declined.",
        "Invalid API Key provided: sk_test_***",
        "Hello. No such customer: 'cus_1'",
        "The payment method you provided has already been attached to a customer. Jenny Rosen",
        "Invalid email address: " + "x" * 10_001,
    ],
    ids=lambda message: message[:20],
)
def test_any_other_text_is_not_logged(message):
    assert masked_message(message) is None


@pytest.mark.parametrize("shape", _SHAPES)
@pytest.mark.parametrize("value", PERSONAL)
def test_no_shape_lets_a_value_through(shape, value):
    logged = masked_message(shape.replace("{}", value))
    assert logged is not None
    assert value not in logged


@given(st.text())
def test_only_the_tables_own_words_are_logged(text):
    for message in (text, f"No such customer: '{text}'", f"Invalid {text}: must be one of {text}"):
        logged = masked_message(message)
        assert logged is None or logged in {shape.replace("{}", MASK) for shape in _SHAPES}
        assert logged is None or not re.search(r"[0-9@]", logged.replace("2-character", ""))


@pytest.mark.parametrize(
    ("param", "logged"),
    [
        (None, None),
        ("payment_method", "payment_method"),
        ("billing_details[address][country]", "billing_details[address][country]"),
        ("metadata", "metadata"),
        ("metadata[jenny]", "metadata[…]"),
        ("metadata[jenny@example.com]", "metadata[…]"),
        ("jenny@example.com", "…"),
        ("Jenny", "…"),
    ],
)
def test_a_parameter_is_logged_by_its_name(param, logged):
    assert masked_parameter(param) == logged
    error = error_from_response(400, {}, {"error": {"param": param, "message": "Jenny"}})
    assert ("Jenny" in f"{error!r} {error.loggable_message}", "@" in str(error)) == (False, False)
