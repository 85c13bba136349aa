"""Reading a PaymentIntent: each field, one REST call, and only by its owner or a service."""

import pytest

from quality.harness import builders
from quality.harness.clients import Api
from quality.harness.tokens import bearer
from serving.settings.settings import Settings
from tests.resolvers.mutations.payment_stripe import PaymentStripe

FIELDS = """
  id clientSecret amount amountReceived currency created customerAccount description livemode metadata
  setupFutureUsage status nextAction { type } lastPaymentError { code message }
  customer { id } paymentMethod { id }
"""
READ = f'{{ paymentIntent(id: "pi_1") {{ {FIELDS} }} }}'
CUSTOMER = builders.customer("cus_1", invoice_settings={"default_payment_method": "pm_1"})
METHOD = builders.payment_method("pm_1", customer=CUSTOMER)
READ_CALL = "GET /v1/payment_intents/:pi"


async def read(upstream, document=READ, **claims):
    async with Api(Settings(), upstream.recorder) as api:
        api.http.headers.update(bearer(Settings(), **(claims or {"service": True})))
        return await api(document)


async def test_each_field():
    upstream = PaymentStripe(customer=CUSTOMER, payment_method=METHOD)
    found = (await read(upstream))["data"]["paymentIntent"]
    assert found == {
        "id": "pi_1",
        "clientSecret": "pi_1_secret_2",
        "amount": 1099,
        "amountReceived": 1099,
        "currency": "usd",
        "created": "2023-03-27T19:46:42Z",
        "customerAccount": None,
        "description": None,
        "livemode": False,
        "metadata": {},
        "setupFutureUsage": "OFF_SESSION",
        "status": "SUCCEEDED",
        "nextAction": None,
        "lastPaymentError": None,
        "customer": {"id": "cus_1"},
        "paymentMethod": {"id": "pm_1"},
    }


async def test_what_stripe_adds_is_unknown():
    upstream = PaymentStripe(status="requires_reauthorization", setup_future_usage="sometimes")
    found = (await read(upstream))["data"]["paymentIntent"]
    assert (found["status"], found["setupFutureUsage"]) == ("UNKNOWN", "UNKNOWN")


@pytest.mark.parametrize("name", ["node", "nodes"])
async def test_it_is_a_node(name):
    argument = 'id: "pi_1"' if name == "node" else 'ids: ["pi_1"]'
    found = (await read(PaymentStripe(), f"{{ {name}({argument}) {{ __typename id }} }}"))["data"][name]
    assert found in ({"__typename": "PaymentIntent", "id": "pi_1"}, [{"__typename": "PaymentIntent", "id": "pi_1"}])


async def test_links_cost_no_call_if_stripe_sent_the_objects():
    failed = builders.payment_method("pm_2", customer="cus_1")
    upstream = PaymentStripe(
        customer=CUSTOMER,
        payment_method=METHOD,
        last_payment_error={"type": "card_error", "code": "card_declined", "message": "No.", "payment_method": failed},
    )
    document = """{ paymentIntent(id: "pi_1") { customer { email }
      paymentMethod { displayLabel isDefault customer { email } }
      lastPaymentError { code message paymentMethod { id isDefault customer { email } } } } }"""
    found = (await read(upstream, document))["data"]["paymentIntent"]
    assert found["paymentMethod"]["isDefault"] is True
    error = {"code": "card_declined", "message": "No."}
    error["paymentMethod"] = {"id": "pm_2", "isDefault": False, "customer": found["customer"]}
    assert found["lastPaymentError"] == error
    assert upstream.recorder.calls == [READ_CALL]


@pytest.mark.parametrize("name", ["amount", "amount_received"])
@pytest.mark.parametrize("amount", [2**31, -(2**40), 10.5, "1099", None])
async def test_an_amount_that_graphql_can_t_express_is_an_error_of_its_field(name, amount):
    answer = await read(PaymentStripe(**{name: amount}))
    assert answer["data"] == {"paymentIntent": None}
    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "INTERNAL"
    assert error["path"] == ["paymentIntent", "amount" if name == "amount" else "amountReceived"]
    assert "went wrong" not in error["message"]


async def test_its_other_fields_can_be_read_without_the_amount():
    found = await read(PaymentStripe(amount_received=2**31), '{ paymentIntent(id: "pi_1") { status } }')
    assert found == {"data": {"paymentIntent": {"status": "SUCCEEDED"}}}


async def test_the_largest_amount():
    assert (await read(PaymentStripe(amount=2**31 - 1)))["data"]["paymentIntent"]["amount"] == 2**31 - 1


class TestOwner:
    async def test_a_customer_reads_its_own_in_one_call(self):
        upstream = PaymentStripe(customer=CUSTOMER, payment_method=METHOD)
        found = (await read(upstream, customer="cus_1"))["data"]["paymentIntent"]
        assert found["clientSecret"] == "pi_1_secret_2"
        assert upstream.recorder.calls == [READ_CALL]

    async def test_an_account_reads_its_own(self):
        found = await read(PaymentStripe(customer="cus_1", customer_account="acct_1"), customer="acct_1")
        assert found["data"]["paymentIntent"]["customerAccount"] == "acct_1"

    @pytest.mark.parametrize("members", [{"customer": "cus_2"}, {"customer": None}], ids=["another's", "no one's"])
    @pytest.mark.parametrize("document", [READ, '{ node(id: "pi_1") { id } }'], ids=["paymentIntent", "node"])
    async def test_any_other_is_null(self, members, document):
        answer = await read(PaymentStripe(**members), document, customer="cus_1")
        assert list(answer["data"].values()) == [None]
        assert "errors" not in answer

    async def test_another_s_failed_method_is_hidden(self):
        failed = builders.payment_method("pm_2", customer="cus_2")
        upstream = PaymentStripe(last_payment_error={"type": "card_error", "payment_method": failed})
        document = '{ paymentIntent(id: "pi_1") { lastPaymentError { code paymentMethod { id } } } }'
        found = await read(upstream, document, customer="cus_1")
        assert found["data"]["paymentIntent"]["lastPaymentError"] == {"code": "card_error", "paymentMethod": None}
