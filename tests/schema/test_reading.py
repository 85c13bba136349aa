import operator
from datetime import UTC, datetime

import pytest

from quality.harness import builders
from schema.connection import PageBounds, PaymentMethodConnection
from schema.customer import Customer
from schema.payment_methods.billing_details import BillingDetails
from schema.payment_methods.card import Card, CardBrand, CardFunding, CheckResult, WalletType
from schema.payment_methods.details import CardPresent, OtherPaymentMethodDetails, SepaDebit, UsBankAccount
from schema.payment_methods.payment_method import PaymentMethod
from schema.payment_methods.payment_method_type import PaymentMethodType
from schema.reading import UnreadableValue


def test_a_member_of_the_field_s_name_is_read():
    assert Card(builders.card(last4="0005")).last4 == "0005"


def test_nested_objects_are_views_themselves():
    card = Card(builders.card(checks={"cvc_check": "fail"}))
    assert card.checks.cvc_check is CheckResult("fail")
    assert card.checks.address_line1_check is None


def test_missing_and_null_are_the_same():
    assert Card({"wallet": None}).wallet is None
    assert Card({}).wallet is None


def test_unix_seconds_become_an_instant():
    assert PaymentMethod({"created": 1679946402}).created == datetime(2023, 3, 27, 19, 46, 42, tzinfo=UTC)


def test_stripe_s_words_become_enum_members():
    card = Card({"funding": "debit", "networks": {"available": ["cartes_bancaires", "visa"]}})
    assert card.funding is CardFunding("debit")
    assert card.networks.available == [CardBrand.CARTES_BANCAIRES, CardBrand.VISA]


def test_a_word_that_stripe_adds_tomorrow_is_unknown():
    assert Card({"brand": "moonbank"}).brand is CardBrand.UNKNOWN
    method = PaymentMethod({"type": "telepathy"})
    assert method.type is PaymentMethodType("unknown")
    assert method.type_name == "telepathy"


@pytest.mark.parametrize(
    ("word", "brand"),
    [
        ("american_express", CardBrand.AMEX),
        ("diners_club", CardBrand.DINERS),
        ("eftpos_australia", CardBrand.EFTPOS_AU),
        ("union_pay", CardBrand.UNIONPAY),
        ("other", CardBrand.UNKNOWN),
        ("visa", CardBrand.VISA),
        ("interac", CardBrand.INTERAC),
    ],
)
def test_display_brand_is_spelled_as_brand_is(word, brand):
    assert Card({"display_brand": word}).display_brand is brand


@pytest.mark.parametrize(
    ("view", "json", "field"),
    [
        (Card, {"last4": 4242}, "last4"),
        (Card, {"exp_month": "8"}, "exp_month"),
        (Card, {"exp_month": True}, "exp_month"),
        (Card, {"exp_month": 8.0}, "exp_month"),
        (Card, {"brand": 1}, "brand"),
        (Card, {"checks": "pass"}, "checks"),
        (Card, {"checks": ["pass"]}, "checks"),
        (Card, {"networks": {"available": "visa"}}, "networks.available"),
        (PaymentMethod, {"livemode": 0}, "livemode"),
        (PaymentMethod, {"created": "2023"}, "created"),
        (PaymentMethod, {"created": 10**18}, "created"),
        (PaymentMethod, {"created": -(10**30)}, "created"),
        (PaymentMethod, {"id": 5}, "id"),
    ],
)
def test_a_value_of_another_type_is_unreadable_and_not_repeated(view, json, field):
    with pytest.raises(UnreadableValue) as caught:
        operator.attrgetter(field)(view(json))
    assert "4242" not in str(caught.value)


@pytest.mark.parametrize("attempt", ["x", {"id": "setatt_1", "object": "setup_attempt"}])
def test_an_expanded_reference_is_read_as_its_id(attempt):
    generated = Card({"generated_from": {"setup_attempt": attempt}}).generated_from
    assert generated.setup_attempt == ("x" if attempt == "x" else "setatt_1")


def test_metadata_is_an_empty_object_when_stripe_sends_none():
    assert PaymentMethod({"metadata": None}).metadata == {}
    assert Customer({}).metadata == {}


def test_what_belongs_to_a_type_is_its_own_view():
    assert isinstance(PaymentMethod(builders.payment_method()).details, Card)
    bank = builders.payment_method(type="us_bank_account", us_bank_account={"last4": "6789"})
    assert isinstance(PaymentMethod(bank).details, UsBankAccount)
    sepa = builders.payment_method(type="sepa_debit", sepa_debit={"generated_from": {"charge": "ch_1"}})
    assert isinstance(PaymentMethod(sepa).details, SepaDebit)


@pytest.mark.parametrize(
    ("json", "attributes"),
    [
        ({"type": "telepathy", "telepathy": {"range": 3}}, {"range": 3}),
        ({"type": "alipay", "alipay": {}}, {}),
        ({"type": "alipay"}, {}),
        ({"type": "card", "card": None}, {}),
        ({"type": "card", "card": "gone"}, "gone"),
    ],
)
def test_a_type_without_a_view_or_its_object_keeps_what_came(json, attributes):
    details = PaymentMethod(json).details
    assert isinstance(details, OtherPaymentMethodDetails)
    assert details.type_name == json["type"]
    assert details.attributes == attributes


def test_what_two_types_have_in_common_is_inherited():
    card = CardPresent({"brand": "mastercard", "offline": {"stored_at": 0}, "wallet": {"type": "apple_pay"}})
    assert card.brand is CardBrand.MASTERCARD
    assert card.offline.stored_at == datetime(1970, 1, 1, tzinfo=UTC)
    assert card.wallet.type is WalletType.APPLE_PAY


def test_a_page_reads_stripe_s_envelope():
    methods = [builders.payment_method("pm_2"), builders.payment_method("pm_1")]
    page = PaymentMethodConnection({"data": methods, "has_more": True}, PageBounds(has_next=True, has_previous=False))
    assert [edge.cursor for edge in page.edges] == ["pm_2", "pm_1"]
    assert [edge.node.id for edge in page.edges] == [node.id for node in page.nodes]
    assert (page.page_info.start_cursor, page.page_info.end_cursor) == ("pm_2", "pm_1")
    assert (page.page_info.has_next_page, page.page_info.has_previous_page) == (True, False)


def test_an_empty_page_has_no_cursors():
    page = PaymentMethodConnection({"data": []}, PageBounds(has_next=False, has_previous=False))
    assert (page.page_info.start_cursor, page.page_info.end_cursor) == (None, None)


def test_billing_details_of_nothing_are_nothing():
    assert BillingDetails({}).address is None


def test_a_view_does_not_show_its_json():
    assert repr(Customer(builders.customer())) == "<Customer>"


class TestExpiry:
    @pytest.fixture
    def today(self):
        return datetime.now(UTC)

    def test_a_card_is_good_to_the_end_of_its_month(self, today):
        card = builders.card(exp_month=today.month, exp_year=today.year)
        assert not PaymentMethod(builders.payment_method(card=card)).is_expired

    def test_a_card_is_expired_in_the_month_after(self, today):
        year, month = (today.year, today.month - 1) if today.month > 1 else (today.year - 1, 12)
        card = builders.card(exp_month=month, exp_year=year)
        assert PaymentMethod(builders.payment_method(card=card)).is_expired

    @pytest.mark.parametrize("card", [None, {}, {"exp_month": None, "exp_year": 2020}, {"exp_month": "1"}, "odd"])
    def test_what_has_no_expiry_does_not_expire(self, card):
        assert not PaymentMethod(builders.payment_method(card=card)).is_expired


def test_where_a_customer_s_goods_are_sent():
    shipping = Customer({"shipping": {"name": "Jenny", "tracking_number": "1Z", "address": {"city": "Lyon"}}}).shipping
    assert (shipping.name, shipping.tracking_number, shipping.address.city) == ("Jenny", "1Z", "Lyon")
    assert shipping.carrier is None
    assert Customer({"shipping": None}).shipping is None
