"""Completing an intent, with moveSubscriptions, for an Account that represents a customer."""

import pytest

from quality.harness.tokens import bearer
from quality.harness.wallets import ACCOUNT
from tests.resolvers.mutations.saving import BACK, PAYMENT, SETUP

COMPLETE = """mutation($input: %sInput!) { done: %s(input: $input) {
  paymentMethod { id isDefault } customer { id } reusedExisting
  movedSubscriptions { id } errors { __typename code path } } }"""


@pytest.fixture(params=[SETUP, PAYMENT], ids=["setup", "payment"])
def kind(request):
    return request.param


@pytest.fixture
def intent(saving, kind):
    async def intent():
        form = {"payment_method": "pm_card_amex", "confirm": "true", "return_url": BACK, "customer_account": ACCOUNT}
        body = await saving.post(f"/v1/{kind.path}", form | kind.form)
        return body["id"], body["payment_method"]

    return intent


@pytest.mark.parametrize("caller", ["service", "account"])
@pytest.mark.parametrize("policy", ["REPLACE_EXISTING", "REUSE_EXISTING"])
async def test_an_account_s_intent(api, intent, kind, caller, policy):
    settings = api.service.settings
    headers = bearer(settings, service=True) if caller == "service" else bearer(settings, customer=ACCOUNT)
    (_, existing), (last, new) = await intent(), await intent()
    input = {kind.id_field: last, "onDuplicate": policy, "setAsDefault": True, "moveSubscriptions": "ALL"}
    document = COMPLETE % (kind.mutation[0].upper() + kind.mutation[1:], kind.mutation)
    request = {"query": document, "variables": {"input": input}}
    answers = [(await api.http.post("/graphql", json=request, headers=headers)).json() for _ in range(2)]
    assert answers[0] == answers[1]
    payload = answers[0]["data"]["done"]
    kept = new if policy == "REPLACE_EXISTING" else existing
    assert payload["errors"] == []
    assert payload["paymentMethod"] == {"id": kept, "isDefault": True}
    assert payload["reusedExisting"] is (kept == existing)
