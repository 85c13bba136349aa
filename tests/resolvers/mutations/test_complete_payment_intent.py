"""completePaymentIntent, in addition to the steps of completeSetupIntent: payments that saved nothing yet."""

import pytest

from quality.harness.tokens import bearer
from quality.harness.wallets import JENNY, MATEO, MATEOS_DEFAULT
from tests.resolvers.mutations.saving import PAYMENT, Saving

COMPLETE = """mutation($input: CompletePaymentIntentInput!) { completePaymentIntent(input: $input) {
  paymentIntent { id status amountReceived } paymentMethod { id isDefault }
  errors { __typename code path message } } }"""
DEBIT = {"mandate_data[customer_acceptance][type]": "offline"}


@pytest.fixture
def saving(sandbox):
    return Saving(sandbox, PAYMENT)


@pytest.fixture
def complete(api, sandbox):
    async def complete(intent, headers=None, **input):
        charges = len(sandbox.store.charges)
        variables = {"input": {"paymentIntentId": intent, "setAsDefault": True, **input}}
        answer = await api.http.post("/graphql", json={"query": COMPLETE, "variables": variables}, headers=headers)
        assert len(sandbox.store.charges) == charges
        return answer.json()["data"]["completePaymentIntent"]

    return complete


@pytest.fixture
def pay(saving):
    async def pay(method="pm_card_amex", **form):
        form = {"amount": "1099", "currency": "eur", "confirm": "true", "return_url": "https://shop.example", **form}
        body = await saving.post("/v1/payment_intents", {"payment_method": method, "customer": MATEO, **form})
        return body["id"], body["payment_method"]

    return pay


def refusal(payload):
    (error,) = payload["errors"]
    assert payload["paymentMethod"] is payload["paymentIntent"] is None
    assert error["path"] == ["input", "paymentIntentId"]
    return error["__typename"], error["message"]


async def test_it_returns_the_payment(complete, saving):
    intent, method = await saving.intent()
    assert await complete(intent) == {
        "paymentIntent": {"id": intent, "status": "SUCCEEDED", "amountReceived": 1099},
        "paymentMethod": {"id": method, "isDefault": True},
        "errors": [],
    }


@pytest.mark.parametrize("policy", ["KEEP_BOTH", "REPLACE_EXISTING"])
@pytest.mark.parametrize(
    "form", [{}, {"setup_future_usage": "off_session", "payment_method_options[card][setup_future_usage]": "none"}]
)
async def test_a_payment_that_was_not_to_save(complete, pay, saving, form, policy):
    intent, _ = await pay(**form)
    typename, message = refusal(await complete(intent, onDuplicate=policy))
    assert typename == "NotReusableError"
    assert "did not save" in message
    assert "setupFutureUsage" in message
    assert await saving.default() == MATEOS_DEFAULT


async def test_one_of_ideal_that_was_not_to_save(complete, saving):
    intent, _ = await saving.intent_of_ideal()
    saving.stored(intent)["setup_future_usage"] = None
    saving.stored_use(intent)["payment_method_details"]["ideal"]["generated_sepa_debit"] = None
    assert "did not save" in refusal(await complete(intent))[1]


async def test_one_without_a_customer(complete, saving):
    intent, _ = await saving.intent(customer=None)
    typename, message = refusal(await complete(intent))
    assert (typename, "did not save" in message) == ("InvalidInputError", True)


async def test_one_that_was_to_save_by_its_type_alone(complete, pay, saving):
    intent, method = await pay(**{"payment_method_options[card][setup_future_usage]": "off_session"})
    assert (await complete(intent))["paymentMethod"]["id"] == method
    await saving.detach(method)
    typename, message = refusal(await complete(intent))
    assert (typename, "did not save" in message) == ("NotReusableError", False)


async def test_a_payment_with_a_method_of_the_wallet_needs_no_saving(complete, pay, saving):
    intent, method = await pay((await saving.intent())[1])
    assert (await complete(intent))["paymentMethod"] == {"id": method, "isDefault": True}


async def test_while_a_debit_is_processing(complete, pay, saving, sandbox):
    intent, method = await pay("pm_sepaDebit_success_de", setup_future_usage="off_session", **DEBIT)
    typename, message = refusal(await complete(intent))
    assert typename == "InvalidStateError"
    assert "Don't pay again" in message
    saving.stored(intent)["status"] = "succeeded"
    assert (await complete(intent))["paymentMethod"]["id"] == method


async def test_before_the_amount_is_captured(complete, pay, saving):
    intent, method = await pay(setup_future_usage="off_session", capture_method="manual")
    typename, message = refusal(await complete(intent))
    assert (typename, "captured" in message) == ("InvalidStateError", True)
    await saving.post(f"/v1/payment_intents/{intent}/capture", {})
    assert (await complete(intent))["paymentMethod"]["id"] == method


async def test_another_customer_s_payment_is_not_found(api, complete, saving):
    intent, _ = await saving.intent()
    headers = bearer(api.service.settings, customer=JENNY)
    assert refusal(await complete(intent, headers))[0] == "NotFoundError"
    assert (await complete(intent, bearer(api.service.settings, customer=MATEO)))["errors"] == []
