"""A mandate: from its SetupIntent, and by its id."""

import pytest

from quality.harness import builders
from quality.harness.clients import Api
from quality.harness.tokens import bearer
from serving.settings.settings import Settings
from tests.resolvers.mutations.setup_stripe import INTENT, MANDATE, SetupStripe, mandate, setup_intent

FIELDS = "id status type acceptedAt acceptance paymentMethod { id }"
OF_INTENT = f"query($id: ID!) {{ setupIntent(id: $id) {{ mandate {{ {FIELDS} }} }} }}"
NODE = f"query($id: ID!) {{ node(id: $id) {{ id ... on Mandate {{ {FIELDS} }} }} }}"
FOUND = {
    "id": MANDATE,
    "status": "ACTIVE",
    "type": "MULTI_USE",
    "acceptedAt": "2023-03-27T19:46:42Z",
    "acceptance": "ONLINE",
    "paymentMethod": {"id": "pm_1"},
}
INTENT_CALL, MANDATE_CALL = "GET /v1/setup_intents/:seti", f"GET /v1/mandates/{MANDATE}"
OWN = builders.payment_method("pm_1", type="sepa_debit", customer="cus_1")
OTHERS = builders.payment_method("pm_1", type="sepa_debit", customer="cus_2")
DETACHED = builders.payment_method("pm_1", type="sepa_debit", customer=None)


@pytest.fixture
def upstream():
    return SetupStripe()


@pytest.fixture
async def side(upstream):
    async with Api(Settings(), upstream.recorder) as api:
        yield api


@pytest.fixture
def read(side):
    async def read(query, id, customer=None):
        headers = bearer(Settings(), customer=customer) if customer else {}
        response = await side.http.post("/graphql", json={"query": query, "variables": {"id": id}}, headers=headers)
        answer = response.json()
        assert "errors" not in answer
        return next(iter(answer["data"].values()))

    return read


class TestOfASetupIntent:
    async def test_it_comes_with_the_intent(self, read, upstream):
        upstream.intent = setup_intent(mandate=mandate(payment_method=OWN))
        assert await read(OF_INTENT, INTENT) == {"mandate": FOUND}
        assert upstream.recorder.calls == [INTENT_CALL]
        assert upstream.recorder.form() == {"expand[0]": "mandate", "expand[1]": "mandate.payment_method"}

    async def test_without_its_payment_method_that_is_not_expanded(self, read, upstream):
        upstream.intent = setup_intent(mandate=mandate())
        query = "query($id: ID!) { setupIntent(id: $id) { mandate { status } } }"
        assert await read(query, INTENT) == {"mandate": {"status": "ACTIVE"}}
        assert upstream.recorder.form() == {"expand[0]": "mandate"}

    async def test_a_card_has_none(self, read, upstream):
        upstream.intent = setup_intent(mandate=None)
        assert await read(OF_INTENT, INTENT) == {"mandate": None}

    async def test_an_id_alone_is_read(self, read, upstream):
        upstream.intent = setup_intent(mandate=MANDATE)
        upstream.mandate = mandate(payment_method=OWN)
        assert await read(OF_INTENT, INTENT) == {"mandate": FOUND}
        assert upstream.recorder.calls == [INTENT_CALL, MANDATE_CALL]

    @pytest.mark.parametrize(("method", "shown"), [(OWN, {"id": "pm_1"}), (DETACHED, {"id": "pm_1"}), (OTHERS, None)])
    async def test_a_customer_sees_no_other_customer_s_payment_method(self, read, upstream, method, shown):
        upstream.intent = setup_intent(mandate=mandate(payment_method=method))
        assert await read(OF_INTENT, INTENT, "cus_1") == {"mandate": {**FOUND, "paymentMethod": shown}}

    @pytest.mark.parametrize(
        ("members", "field", "value"),
        [
            ({"status": "inactive"}, "status", "INACTIVE"),
            ({"status": "pending"}, "status", "PENDING"),
            ({"status": "new_in_2027"}, "status", "UNKNOWN"),
            ({"type": "single_use"}, "type", "SINGLE_USE"),
            ({"customer_acceptance": {"type": "offline", "accepted_at": None}}, "acceptedAt", None),
            ({"customer_acceptance": {"type": "offline", "accepted_at": None}}, "acceptance", "OFFLINE"),
        ],
    )
    async def test_other_values(self, read, upstream, members, field, value):
        upstream.intent = setup_intent(mandate=mandate(**members, payment_method=OWN))
        assert (await read(OF_INTENT, INTENT))["mandate"][field] == value


class TestNode:
    async def test_a_service_needs_one_call(self, read, upstream):
        upstream.mandate = mandate(payment_method=OWN)
        assert await read(NODE, MANDATE) == FOUND
        assert upstream.recorder.calls == [MANDATE_CALL]

    async def test_a_customer_s_own_needs_one_call(self, read, upstream):
        upstream.mandate = mandate(payment_method=OWN)
        query = "query($id: ID!) { node(id: $id) { ... on Mandate { status } } }"
        assert await read(query, MANDATE, "cus_1") == {"status": "ACTIVE"}
        assert upstream.recorder.calls == [MANDATE_CALL]
        assert upstream.recorder.form() == {"expand[0]": "payment_method"}

    @pytest.mark.parametrize("method", [OTHERS, DETACHED, "pm_1", None])
    async def test_it_is_a_customer_s_own_only_if_its_payment_method_is(self, read, upstream, method):
        upstream.mandate = mandate(payment_method=method)
        assert await read(NODE, MANDATE, "cus_1") is None

    async def test_what_is_no_id_takes_no_call(self, read, upstream):
        assert await read(NODE, "mandate_../x") is None
        assert upstream.recorder.calls == []
