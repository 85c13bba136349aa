import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.payment_methods.display_label import label
from schema.payment_methods.payment_method_type import KINDS

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@pytest.mark.parametrize(
    ("json", "expected"),
    [
        ({"type": "card", "card": {"brand": "visa", "last4": "4242"}}, "Visa •••• 4242"),
        ({"type": "card", "card": {"brand": "amex", "last4": "0005"}}, "American Express •••• 0005"),
        (
            {"type": "card", "card": {"brand": "visa", "display_brand": "cartes_bancaires", "last4": "1001"}},
            "Cartes Bancaires •••• 1001",
        ),
        ({"type": "card", "card": {"brand": "moonbank", "last4": "1"}}, "Card •••• 1"),
        ({"type": "card", "card": {"brand": "visa", "display_brand": "other", "last4": "1"}}, "Visa •••• 1"),
        ({"type": "us_bank_account", "us_bank_account": {"last4": "6789"}}, "Bank account •••• 6789"),
        ({"type": "sepa_debit", "sepa_debit": {"last4": "3000"}}, "SEPA Direct Debit •••• 3000"),
        ({"type": "paypal", "paypal": {"payer_email": "jenny@example.com"}}, "PayPal jenny@example.com"),
        ({"type": "paypal", "paypal": {"payer_email": None}}, "PayPal"),
        ({"type": "link", "link": {"email": "jenny@example.com"}}, "Link jenny@example.com"),
        ({"type": "cashapp", "cashapp": {"cashtag": "$jenny"}}, "Cash App $jenny"),
        ({"type": "klarna", "klarna": {}}, "Klarna"),
        ({"type": "interac_present", "interac_present": {"brand": "interac", "last4": "1"}}, "Interac •••• 1"),
        ({"type": "custom", "custom": {"display_name": "Company scrip"}}, "Company scrip"),
        ({"type": "custom", "custom": {}}, "Custom"),
        ({"type": "moon_pay", "moon_pay": {"last4": "1"}}, "Moon pay"),
        ({}, "Payment method"),
    ],
)
def test_label(json, expected):
    assert label(json) == expected


@pytest.mark.parametrize("word", KINDS)
def test_every_type_has_a_name_of_its_own(word):
    assert label({"type": word}) == KINDS[word].name


@given(st.sampled_from([*KINDS, "moon_pay"]), JSON, JSON)
def test_whatever_stripe_sends_there_is_a_label(word, attributes, other):
    assert label({"type": word, word: attributes})
    assert label({"type": other, "card": attributes})
