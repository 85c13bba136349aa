import httpx
import pytest

from quality.harness import builders
from quality.harness.clients import Api, Recorder
from quality.harness.wallets import AMARA, AMARAS_BANK_ACCOUNT, AMARAS_DEFAULT, JENNYS_CARD, UNATTACHED_CARD
from sandbox import Fault
from serving.settings.settings import Settings

UPDATE = """
mutation Update($input: UpdatePaymentMethodInput!) {
  updatePaymentMethod(input: $input) {
    paymentMethod {
      id allowRedisplay metadata
      billingDetails { name email phone address { line1 line2 city state postalCode country } }
      card { expMonth expYear networks { preferred } }
    }
    errors { __typename code path }
  }
}
"""
CALL = "POST /v1/payment_methods/:pm"
ADDRESS = dict.fromkeys(("line1", "line2", "city", "state", "postalCode", "country"))
FULL_ADDRESS = {
    "line1": "1 rue de Rivoli",
    "line2": "2e étage",
    "city": "Paris",
    "state": "IDF",
    "postalCode": "75001",
    "country": "FR",
}
FULL = {"name": "Jenny", "email": "jenny@example.com", "phone": "+33 1", "address": FULL_ADDRESS}


@pytest.fixture
def update(api):
    async def update(id=JENNYS_CARD, **input):
        return (await api.data(UPDATE, input={"paymentMethodId": id, **input}))["updatePaymentMethod"]

    return update


@pytest.fixture
def updated(update):
    async def updated(id=JENNYS_CARD, **input):
        payload = await update(id, **input)
        assert payload["errors"] == []
        return payload["paymentMethod"]

    return updated


@pytest.fixture
async def filled(updated, stripe):
    """A card of which everything is set that can be."""
    card = await updated(AMARAS_DEFAULT, billingDetails=FULL, metadata={"a": "1", "b": "2"}, allowRedisplay="ALWAYS")
    assert card["billingDetails"] == FULL
    stripe.clear()
    return card


async def test_everything_at_once_in_one_call(updated, stripe):
    card = await updated(
        AMARAS_DEFAULT,
        allowRedisplay="LIMITED",
        billingDetails=FULL,
        card={"expMonth": 12, "expYear": 2039, "preferredNetwork": "VISA"},
        metadata={"plan": "gold"},
    )
    assert card["billingDetails"] == FULL
    assert card["allowRedisplay"] == "LIMITED"
    assert card["card"] == {"expMonth": 12, "expYear": 2039, "networks": {"preferred": "VISA"}}
    assert card["metadata"]["plan"] == "gold"
    assert stripe.calls == [CALL]


async def test_what_is_left_out_is_not_sent_and_stays(filled, updated, stripe):
    assert await updated(AMARAS_DEFAULT) == filled
    assert stripe.form() == {}


@pytest.mark.parametrize("member", ["name", "email", "phone"])
async def test_one_member_changes_alone(filled, updated, stripe, member):
    card = await updated(AMARAS_DEFAULT, billingDetails={member: "new@example.com"})
    assert card["billingDetails"] == {**FULL, member: "new@example.com"}
    assert stripe.form() == {f"billing_details[{member}]": "new@example.com"}


@pytest.mark.parametrize("member", ["name", "email", "phone"])
async def test_null_clears_one_member(filled, updated, stripe, member):
    card = await updated(AMARAS_DEFAULT, billingDetails={member: None})
    assert card["billingDetails"] == {**FULL, member: None}
    assert stripe.form() == {f"billing_details[{member}]": ""}


@pytest.mark.parametrize("member", sorted(FULL_ADDRESS))
async def test_one_part_of_the_address_changes_or_clears_alone(filled, updated, stripe, member):
    value = "DE" if member == "country" else "new"
    card = await updated(AMARAS_DEFAULT, billingDetails={"address": {member: value}})
    assert card["billingDetails"] == {**FULL, "address": {**FULL_ADDRESS, member: value}}
    card = await updated(AMARAS_DEFAULT, billingDetails={"address": {member: None}})
    assert card["billingDetails"] == {**FULL, "address": {**FULL_ADDRESS, member: None}}
    snake = {"postalCode": "postal_code"}.get(member, member)
    assert stripe.form() == {f"billing_details[address][{snake}]": ""}


async def test_null_clears_the_address_whole(filled, updated):
    card = await updated(AMARAS_DEFAULT, billingDetails={"address": None})
    assert card["billingDetails"] == {**FULL, "address": ADDRESS}


async def test_null_clears_the_billing_details_whole(filled, updated):
    card = await updated(AMARAS_DEFAULT, billingDetails=None)
    assert card["billingDetails"] == {"name": None, "email": None, "phone": None, "address": ADDRESS}


async def test_metadata_is_added_taken_out_and_cleared(filled, updated, stripe):
    assert (await updated(AMARAS_DEFAULT, metadata={"c": "3"}))["metadata"].items() >= {"a": "1", "c": "3"}.items()
    assert "a" not in (await updated(AMARAS_DEFAULT, metadata={"a": None}))["metadata"]
    assert stripe.form() == {"metadata[a]": ""}
    assert (await updated(AMARAS_DEFAULT, metadata=None))["metadata"] == {}
    assert stripe.form() == {"metadata": ""}


async def test_empty_metadata_changes_nothing(filled, updated, stripe):
    assert (await updated(AMARAS_DEFAULT, metadata={}))["metadata"] == filled["metadata"]
    assert stripe.form() == {}


async def test_null_makes_the_mark_unspecified(filled, updated):
    assert (await updated(AMARAS_DEFAULT, allowRedisplay=None))["allowRedisplay"] == "UNSPECIFIED"


@pytest.mark.parametrize(("member", "value"), [("expMonth", 5), ("expYear", 2040)])
async def test_one_part_of_the_expiry_changes_alone(updated, stripe, member, value):
    assert (await updated(AMARAS_DEFAULT, card={member: value}))["card"][member] == value
    assert len(stripe.form()) == 1


async def test_the_preferred_network_is_set_and_cleared(updated, stripe):
    for network, sent in (("VISA", "visa"), ("CARTES_BANCAIRES", "cartes_bancaires"), (None, "")):
        card = await updated(AMARAS_DEFAULT, card={"preferredNetwork": network})
        assert card["card"]["networks"]["preferred"] == network
        assert stripe.form() == {"card[networks][preferred]": sent}


class TestRefusals:
    @pytest.mark.parametrize(
        ("input", "path"),
        [
            ({"card": None}, ["card"]),
            ({"card": {"expMonth": None}}, ["card", "expMonth"]),
            ({"card": {"expYear": None}}, ["card", "expYear"]),
            ({"metadata": []}, ["metadata"]),
            ({"metadata": "x"}, ["metadata"]),
            ({"metadata": {"a": 1}}, ["metadata"]),
            ({"metadata": {"a": {"b": "c"}}}, ["metadata"]),
            ({"metadata": {"a][b": "c"}}, ["metadata"]),
            ({"metadata": {"": "c"}}, ["metadata"]),
        ],
    )
    async def test_what_can_not_be_sent_is_not_sent(self, update, stripe, input, path):
        payload = await update(**input)
        (error,) = payload["errors"]
        assert (error["__typename"], error["code"]) == ("InvalidInputError", "INVALID_INPUT")
        assert error["path"] == ["input", *path]
        assert payload["paymentMethod"] is None
        assert stripe.calls == []

    @pytest.mark.parametrize(
        ("id", "input", "path"),
        [
            (JENNYS_CARD, {"card": {"expYear": 1999}}, ["card", "expYear"]),
            (JENNYS_CARD, {"billingDetails": {"email": "nonsense"}}, ["billingDetails", "email"]),
            (JENNYS_CARD, {"billingDetails": {"address": {"country": "JA"}}}, ["billingDetails", "address", "country"]),
            (JENNYS_CARD, {"card": {"preferredNetwork": "MASTERCARD"}}, ["card", "preferredNetwork"]),
        ],
    )
    async def test_what_stripe_refuses_is_named(self, update, id, input, path):
        (error,) = (await update(id, **input))["errors"]
        assert (error["code"], error["path"]) == ("INVALID_INPUT", ["input", *path])

    @pytest.mark.parametrize(
        ("input", "path", "words"),
        [
            ({"metadata": {"k" * 41: "v"}}, "metadata", (f'"{"k" * 40}…"', "41", "at most 40")),
            ({"metadata": {"plan": "v" * 501}}, "metadata", ('"plan"', "501", "at most 500")),
            ({"metadata": {str(n): "v" for n in range(51)}}, "metadata", ("51", "at most 50")),
            ({"metadata": {"a[b]": "v"}}, "metadata", ('"a[b]"', "square brackets")),
            ({"metadata": {"plan": 1}}, "metadata", ('"plan"', "string")),
            ({"billingDetails": {"name": "n" * 5001}}, "billingDetails.name", ("5001", "at most 5000")),
            ({"billingDetails": {"phone": "1" * 5001}}, "billingDetails.phone", ("5001", "at most 5000")),
            (
                {"billingDetails": {"address": {"postalCode": "1" * 5001}}},
                "billingDetails.address.postalCode",
                ("5001", "at most 5000"),
            ),
            *(
                ({"billingDetails": {"address": {"country": country}}}, "billingDetails.address.country", ("US",))
                for country in ("Germany", "USA", "D", "1\u0661")
            ),
            ({"card": {"expMonth": 13}}, "card.expMonth", ("from 1 to 12",)),
            ({"card": {"expMonth": 0}}, "card.expMonth", ("from 1 to 12",)),
            ({"card": {"expYear": 31}}, "card.expYear", ("from 1000 to 9999",)),
            *(
                ({"card": {"preferredNetwork": network}}, "card.preferredNetwork", ("CARTES_BANCAIRES",))
                for network in ("AMEX", "LINK")
            ),
        ],
    )
    async def test_a_message_names_the_value_and_its_limit(self, api, stripe, input, path, words):
        query = "mutation($i: UpdatePaymentMethodInput!) { updatePaymentMethod(input: $i) { errors { message path } } }"
        data = await api.data(query, i={"paymentMethodId": JENNYS_CARD, **input})
        (error,) = data["updatePaymentMethod"]["errors"]
        assert error["path"] == ["input", *path.split(".")]
        assert [word for word in words if word not in error["message"]] == []
        assert stripe.calls == []

    async def test_as_many_keys_and_characters_as_stripe_allows(self, update):
        metadata = {f"{n:040}": "v" * 500 for n in range(50)}
        assert (await update(metadata=metadata))["errors"] == []
        assert (await update(metadata={**dict.fromkeys(metadata), "a": "1"}))["errors"] == []

    async def test_a_network_that_stripe_stores_as_invalid(self):
        networks = {"available": ["visa"], "preferred": "invalid_preference"}
        method = builders.payment_method(customer="cus_1", card=builders.card(networks=networks))
        answer = httpx.Response(200, json=method)
        async with Api(Settings(), Recorder(httpx.MockTransport(lambda request: answer))) as api:
            for input, errors in (({"card": {"preferredNetwork": "MASTERCARD"}}, 1), ({"card": {"expMonth": 5}}, 0)):
                payload = (await api.data(UPDATE, input={"paymentMethodId": "pm_1", **input}))["updatePaymentMethod"]
                assert payload["paymentMethod"]["id"] == "pm_1"
                paths = [error["path"] for error in payload["errors"]]
                assert paths == [["input", "card", "preferredNetwork"]] * errors

    async def test_a_card_s_members_on_a_bank_account(self, update):
        (error,) = (await update(AMARAS_BANK_ACCOUNT, card={"expMonth": 5}))["errors"]
        assert error["code"] == "INVALID_INPUT"

    async def test_unknown_method(self, update):
        (error,) = (await update("pm_none"))["errors"]
        assert (error["code"], error["path"]) == ("NOT_FOUND", ["input", "paymentMethodId"])

    async def test_an_unattached_method(self, update):
        (error,) = (await update(UNATTACHED_CARD, billingDetails={"name": "x"}))["errors"]
        assert (error["code"], error["path"]) == ("NOT_ATTACHED", ["input", "paymentMethodId"])


class TestIdempotency:
    async def test_the_same_key_is_done_once_and_answered_alike(self, updated, sandbox):
        input = {"metadata": {"a": "1"}, "idempotencyKey": "k"}
        first = await updated(**input)
        await updated(metadata={"a": "2"})
        assert await updated(**input) == first
        assert sandbox.ledger.operations(JENNYS_CARD).count("payment_method.updated") == 2

    async def test_the_same_key_with_other_input_is_a_conflict(self, updated, update):
        await updated(metadata={"a": "1"}, idempotencyKey="k")
        (error,) = (await update(metadata={"a": "2"}, idempotencyKey="k"))["errors"]
        assert error["code"] == "IDEMPOTENCY_CONFLICT"


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "error_before", "truncate"])
async def test_a_retry_completes_a_failed_mutation(updated, sandbox, quick, kind):
    sandbox.faults.add(Fault(kind, method="POST", path=f"/{JENNYS_CARD}$"))
    assert (await updated(metadata={"a": "1"}))["metadata"] == {"a": "1"}
    assert sandbox.ledger.operations(JENNYS_CARD) == ["payment_method.updated"]


async def test_its_customer_comes_in_the_same_call(api, stripe):
    query = """mutation($i: UpdatePaymentMethodInput!) { updatePaymentMethod(input: $i) {
      paymentMethod { isDefault customer { id email } } errors { code } } }"""
    data = await api.data(query, i={"paymentMethodId": AMARAS_DEFAULT, "metadata": {"a": "1"}})
    assert data["updatePaymentMethod"]["paymentMethod"]["customer"]["id"] == AMARA
    assert stripe.calls == [CALL]
