"""Payment methods: create, retrieve, update and list."""

import pytest

from sandbox.parameters.payment_methods.payment_method_types import CREATABLE, TYPES
from sandbox.parameters.types import Choice, ParameterType
from tests.sandbox.driver import missing_payment_method

METHODS = "/v1/payment_methods"
AMARA = "cus_T4qv4Qn42jKZ9G"
MATEO = "cus_TT6bMT4UamxeFj"

_NEEDING = "acss_debit au_becs_debit boleto card custom fpx nz_bank_account sepa_debit sofort"
NEEDING_THEIR_OBJECT = _NEEDING.split()


def accepted(parameter: ParameterType) -> str:
    """A value for a required parameter of a type."""
    return parameter.values[0] if isinstance(parameter, Choice) else "DE89370400440532013000"


REQUIRED = {
    "card": {"token": "tok_visa"},
    **{
        name: {parameter: accepted(type.members[parameter]) for parameter in type.required}
        for name, type in TYPES.items()
    },
    "fpx": {"bank": "affin_bank"},  # Stripe's document lists the banks that it returns.
}


def one(pm: str) -> str:
    return f"{METHODS}/{pm}"


class TestCreate:
    async def test_card_from_a_token(self, api, sandbox):
        body = await api.done("POST", METHODS, {"type": "card", "card": {"token": "tok_visa"}})
        assert body["customer"] is None
        assert body["allow_redisplay"] == "unspecified"
        assert body["card"]["checks"]["cvc_check"] == "unchecked"
        assert body["radar_options"] is body["customer_account"] is body["billing_details"]["tax_id"] is None
        assert sandbox.ledger.operations(body["id"]) == ["payment_method.created"]

    async def test_card_with_all_parameters(self, api):
        params = {
            "type": "card",
            "card": {"token": "tok_visa_cartesBancaires", "networks": {"preferred": "cartes_bancaires"}},
            "billing_details": {"name": "Jenny Rosen", "email": "jenny@example.com", "address": {"city": "Lyon"}},
            "metadata": {"order": "7"},
            "allow_redisplay": "always",
        }
        body = await api.done("POST", METHODS, params)
        assert body["card"]["networks"] == {"available": ["cartes_bancaires", "visa"], "preferred": "cartes_bancaires"}
        assert body["billing_details"]["address"] == {
            **dict.fromkeys(("country", "line1", "line2", "postal_code", "state")),
            "city": "Lyon",
        }
        assert (body["metadata"], body["allow_redisplay"]) == ({"order": "7"}, "always")

    @pytest.mark.parametrize("kind", CREATABLE)
    async def test_every_type(self, api, kind):
        params = {"type": kind, kind: REQUIRED[kind]}
        body = await api.done("POST", METHODS, params)
        assert body["type"] == kind
        assert isinstance(body[kind], dict)

    @pytest.mark.parametrize("kind", ["klarna", "affirm", "twint"])
    async def test_type_without_fields_is_an_empty_object(self, api, kind):
        assert (await api.done("POST", METHODS, {"type": kind}))[kind] == {}

    @pytest.mark.parametrize("kind", NEEDING_THEIR_OBJECT)
    async def test_type_that_needs_its_object(self, api, kind):
        error = await api.refused(400, "POST", METHODS, {"type": kind})
        assert (error["code"], error["param"]) == ("parameter_missing", kind)

    async def test_us_bank_account_hides_its_number(self, api):
        account = {"account_number": "000123456789", "routing_number": "110000000", "account_holder_type": "company"}
        shown = (await api.done("POST", METHODS, {"type": "us_bank_account", "us_bank_account": account}))[
            "us_bank_account"
        ]
        assert (shown["last4"], shown["routing_number"], shown["account_type"]) == ("6789", "110000000", "checking")
        assert shown["bank_name"] == "STRIPE TEST BANK"
        assert "000123456789" not in str(shown)

    async def test_link_shows_the_email(self, api):
        params = {"type": "link", "billing_details": {"email": "jenny@example.com"}}
        assert (await api.done("POST", METHODS, params))["link"] == {"email": "jenny@example.com"}

    async def test_raw_card_number_is_refused(self, api, sandbox):
        card = {"number": "4242424242424242", "exp_month": 9, "exp_year": 2030, "cvc": "123"}
        error = await api.refused(402, "POST", METHODS, {"type": "card", "card": card})
        start = "Sending credit card numbers directly to the Stripe API is generally unsafe."
        assert error["message"].startswith(start)
        assert "4242424242424242" not in error["message"]
        assert sandbox.ledger.entries() == []

    async def test_method_token_is_no_card_token(self, api):
        error = await api.refused(400, "POST", METHODS, {"type": "card", "card": {"token": "pm_card_visa"}})
        assert (error["message"], error["param"]) == ("Invalid token id: pm_card_visa", "token")

    async def test_unknown_card_token(self, api):
        error = await api.refused(400, "POST", METHODS, {"type": "card", "card": {"token": "tok_nonesuch"}})
        assert (error["code"], error["param"]) == ("resource_missing", "card[token]")

    async def test_type_is_needed(self, api):
        error = await api.refused(400, "POST", METHODS, {"card": {"token": "tok_visa"}})
        assert (error["code"], error["param"]) == ("parameter_missing", "type")

    async def test_unknown_type(self, api):
        error = await api.refused(400, "POST", METHODS, {"type": "cash"})
        assert error["param"] == "type"
        assert error["message"].startswith("Invalid type: must be one of ")

    async def test_customer_at_creation_is_refused(self, api):
        params = {"type": "card", "card": {"token": "tok_visa"}, "customer": AMARA}
        error = await api.refused(400, "POST", METHODS, params)
        start = "You cannot attach a PaymentMethod to a Customer during PaymentMethod creation."
        assert error["message"].startswith(start)

    async def test_unknown_nested_parameter(self, api):
        error = await api.refused(400, "POST", METHODS, {"type": "card", "card": {"token": "tok_visa", "pin": "1"}})
        assert error["param"] == "card[pin]"


class TestUpdate:
    async def test_billing_details_merge_leaf_by_leaf(self, api):
        pm = await api.attached(MATEO)
        first = {"billing_details": {"name": "Jenny", "address": {"city": "Lyon", "line1": "1 rue X"}}}
        await api.done("POST", one(pm), first)
        second = {"billing_details": {"phone": "+33", "address": {"city": "Nice", "line1": ""}}}
        body = await api.done("POST", one(pm), second)
        blank = dict.fromkeys(("country", "line1", "line2", "postal_code", "state"))
        assert body["billing_details"] == {
            "address": {**blank, "city": "Nice"},
            "email": None,
            "name": "Jenny",
            "phone": "+33",
            "tax_id": None,
        }

    async def test_empty_strings_unset(self, api):
        pm = await api.attached(MATEO)
        await api.done("POST", one(pm), {"billing_details": {"name": "Jenny", "address": {"city": "Lyon"}}})
        body = await api.done("POST", one(pm), {"billing_details": {"name": "", "address": ""}})
        assert body["billing_details"]["name"] is None
        assert set(body["billing_details"]["address"].values()) == {None}

    async def test_expiry(self, api, sandbox):
        pm = await api.attached(MATEO)
        body = await api.done("POST", one(pm), {"card": {"exp_month": 12, "exp_year": 2031}})
        assert (body["card"]["exp_month"], body["card"]["exp_year"]) == (12, 2031)
        assert sandbox.ledger.operations(pm)[-1] == "payment_method.updated"

    @pytest.mark.parametrize(
        ("card", "code"),
        [
            ({"exp_month": 13}, "invalid_expiry_month"),
            ({"exp_year": 2020}, "invalid_expiry_year"),
            ({"exp_month": 8, "exp_year": 2026}, "invalid_expiry_month"),
        ],
    )
    async def test_impossible_expiry(self, api, sandbox, card, code):
        pm = await api.attached(MATEO)
        error = await api.refused(402, "POST", one(pm), {"card": card})
        assert (error["type"], error["code"]) == ("card_error", code)
        assert sandbox.ledger.operations(pm)[-1] == "payment_method.attached"

    async def test_preferred_network(self, api):
        pm = await api.attached(AMARA, "pm_card_visa_cartesBancaires")
        body = await api.done("POST", one(pm), {"card": {"networks": {"preferred": "cartes_bancaires"}}})
        assert (body["card"]["networks"]["preferred"], body["card"]["display_brand"]) == ("cartes_bancaires",) * 2
        body = await api.done("POST", one(pm), {"card": {"networks": {"preferred": ""}}})
        assert (body["card"]["networks"]["preferred"], body["card"]["display_brand"]) == (None, "visa")

    async def test_network_that_the_card_lacks(self, api):
        pm = await api.attached(AMARA)
        error = await api.refused(400, "POST", one(pm), {"card": {"networks": {"preferred": "mastercard"}}})
        assert error["param"] == "card[networks][preferred]"
        assert (await api.done("GET", one(pm)))["card"]["networks"]["preferred"] is None

    async def test_allow_redisplay(self, api):
        pm = await api.attached(MATEO)
        assert (await api.done("POST", one(pm), {"allow_redisplay": "limited"}))["allow_redisplay"] == "limited"
        error = await api.refused(400, "POST", one(pm), {"allow_redisplay": "never"})
        assert error["message"] == "Invalid allow_redisplay: must be one of always, limited, or unspecified"

    async def test_unattached_method_is_refused(self, api):
        error = await api.refused(400, "POST", one("pm_1MqM05LkdIwHu7ixlDxxO6Mc"), {"metadata": {"a": "1"}})
        assert error["message"] == "You must save this PaymentMethod to a customer before you can update it."

    async def test_method_of_a_deleted_customer_can_still_be_updated(self, api):
        assert (await api.done("POST", one("pm_1SzzFrLkdIwHu7iximJ78Hih"), {"metadata": {"a": "1"}}))["metadata"]

    async def test_details_of_another_type(self, api):
        pm = await api.attached(MATEO)
        error = await api.refused(400, "POST", one(pm), {"us_bank_account": {"account_type": "savings"}})
        assert error["param"] == "us_bank_account"

    async def test_update_that_changes_nothing_is_not_a_change(self, api, sandbox):
        pm = await api.attached(MATEO)
        written = len(sandbox.ledger.entries())
        await api.done("POST", one(pm), {"allow_redisplay": "unspecified"})
        assert len(sandbox.ledger.entries()) == written

    async def test_invalid_email(self, api):
        pm = await api.attached(MATEO)
        error = await api.refused(400, "POST", one(pm), {"billing_details": {"email": "jenny"}})
        assert (error["code"], error["param"]) == ("email_invalid", "billing_details[email]")


class TestMetadata:
    async def test_merges_and_deletes(self, api):
        pm = await api.attached(MATEO)
        await api.done("POST", one(pm), {"metadata": {"a": "1", "b": "2"}})
        assert (await api.done("POST", one(pm), {"metadata": {"b": "", "c": "3"}}))["metadata"] == {"a": "1", "c": "3"}
        assert (await api.done("POST", one(pm), {"metadata": ""}))["metadata"] == {}

    @pytest.mark.parametrize(
        "metadata", [{"k" * 41: "v"}, {"k": "v" * 501}, {f"k{n}": "v" for n in range(51)}, {"k": {"deep": "v"}}]
    )
    async def test_limits(self, api, metadata):
        pm = await api.attached(MATEO)
        error = await api.refused(400, "POST", one(pm), {"metadata": metadata})
        assert error["param"].startswith("metadata")

    async def test_largest_that_fits(self, api):
        pm = await api.attached(MATEO)
        metadata = {f"{n:040}": "v" * 500 for n in range(50)}
        assert (await api.done("POST", one(pm), {"metadata": metadata}))["metadata"] == metadata

    async def test_limit_holds_for_the_sum(self, api):
        pm = await api.attached(MATEO)
        await api.done("POST", one(pm), {"metadata": {f"k{n}": "v" for n in range(50)}})
        assert (await api.refused(400, "POST", one(pm), {"metadata": {"more": "v"}}))["param"] == "metadata"


class TestList:
    async def test_of_a_customer(self, api):
        by_path = await api.done("GET", f"/v1/customers/{AMARA}/payment_methods", {"limit": 100})
        by_parameter = await api.done("GET", METHODS, {"customer": AMARA, "limit": 100})
        assert by_path["data"] == by_parameter["data"]
        assert len(by_path["data"]) == 16
        assert by_path["url"] == f"/v1/customers/{AMARA}/payment_methods"
        assert by_parameter["url"] == METHODS

    async def test_without_a_customer_is_empty(self, api):
        assert await api.done("GET", METHODS) == {"object": "list", "data": [], "has_more": False, "url": METHODS}

    async def test_by_type(self, api):
        body = await api.done("GET", METHODS, {"customer": AMARA, "type": "sepa_debit"})
        assert [method["type"] for method in body["data"]] == ["sepa_debit"]

    async def test_custom_methods_only_when_asked_for(self, api):
        customer = await api.customer()
        params = {"type": "custom", "custom": {"type": "cpmt_123"}}
        pm = (await api.done("POST", METHODS, params))["id"]
        await api.done("POST", f"{METHODS}/{pm}/attach", {"customer": customer})
        assert (await api.done("GET", METHODS, {"customer": customer}))["data"] == []
        assert len((await api.done("GET", METHODS, {"customer": customer, "type": "custom"}))["data"]) == 1

    async def test_by_allow_redisplay(self, api):
        body = await api.done("GET", METHODS, {"customer": AMARA, "allow_redisplay": "always"})
        assert len(body["data"]) == 3

    async def test_of_an_account(self, api):
        body = await api.done("GET", METHODS, {"customer_account": "acct_1SQ7ZkLkdIwHu7ix"})
        assert [method["customer_account"] for method in body["data"]] == ["acct_1SQ7ZkLkdIwHu7ix"]

    @pytest.mark.parametrize("customer", ["cus_x", "cus_TAnSIolbJniaK5"])
    async def test_unknown_or_deleted_customer(self, api, customer):
        error = await api.refused(400, "GET", METHODS, {"customer": customer})
        assert (error["code"], error["param"]) == ("resource_missing", "customer")
        error = await api.refused(404, "GET", f"/v1/customers/{customer}/payment_methods")
        assert (error["code"], error["param"]) == ("resource_missing", "id")


class TestOfCustomer:
    async def test_own_method(self, api):
        pm = await api.attached(MATEO)
        body = await api.done("GET", f"/v1/customers/{MATEO}/payment_methods/{pm}")
        assert body == await api.done("GET", one(pm))

    @pytest.mark.parametrize("pm", ["pm_1MqLiJLkdIwHu7ixUEgbFdYF", "pm_1MqM05LkdIwHu7ixlDxxO6Mc"])
    async def test_method_of_another_customer_or_unattached(self, api, pm):
        error = await api.refused(404, "GET", f"/v1/customers/{MATEO}/payment_methods/{pm}")
        assert error == {"type": "invalid_request_error", "message": "Invalid request", "param": "customer"}

    async def test_unknown_method(self, api):
        error = await api.refused(404, "GET", f"/v1/customers/{MATEO}/payment_methods/pm_x")
        assert (error["code"], error["param"]) == ("resource_missing", "payment_method")

    async def test_unknown_customer(self, api):
        error = await api.refused(404, "GET", "/v1/customers/cus_x/payment_methods/pm_x")
        assert (error["code"], error["param"]) == ("resource_missing", "id")


async def test_id_may_hold_a_slash(api):
    error = await api.refused(404, "GET", one("pm_a%2Fb%3F"))
    assert error["message"] == missing_payment_method("pm_a/b?")


class TestCountry:
    """Payment methods take the codes of ISO 3166-1. Customers take any text."""

    UNKNOWN = (
        "Country '{}' is unknown. Try using a 2-character alphanumeric country code instead, such as 'US', 'EG', or"
        " 'GB'. A full list of country codes is available at"
        " https://en.wikipedia.org/wiki/ISO_3166-1_alpha-2#Officially_assigned_code_elements"
    )

    @pytest.mark.parametrize("country", ["JA", "us", "USA", "Germany", "ZZ", "U\u0405"])
    async def test_unknown(self, api, sandbox, country):
        details = {"address": {"country": country}}
        pm = await api.attached(MATEO)
        card = {"type": "card", "card": {"token": "tok_visa"}, "billing_details": details}
        written = len(sandbox.ledger.entries())
        for url, params, param in (
            (METHODS, card, "billing_details[address][country]"),
            (one(pm), {"billing_details": details}, "billing_details[address][country]"),
            (
                "/v1/setup_intents",
                {"payment_method_data": card},
                "payment_method_data[billing_details][address][country]",
            ),
        ):
            error = await api.refused(400, "POST", url, params)
            assert error == {
                "type": "invalid_request_error",
                "message": self.UNKNOWN.format(country),
                "param": param,
            }
        assert len(sandbox.ledger.entries()) == written

    @pytest.mark.parametrize("country", ["US", "DE", "JP", "GB", "TW", ""])
    async def test_known(self, api, country):
        pm = await api.attached(MATEO)
        body = await api.done("POST", one(pm), {"billing_details": {"address": {"country": country}}})
        assert body["billing_details"]["address"]["country"] == (country or None)

    async def test_a_customer_takes_any(self, api):
        body = await api.done("POST", "/v1/customers", {"address": {"country": "JA"}})
        assert body["address"]["country"] == "JA"

    async def test_a_country_without_sofort(self, api):
        error = await api.refused(400, "POST", METHODS, {"type": "sofort", "sofort": {"country": "US"}})
        assert error["param"] == "sofort[country]"
