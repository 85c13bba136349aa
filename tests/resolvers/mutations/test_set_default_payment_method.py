import pytest

from quality.harness.wallets import AMARA, AMARAS_DEFAULT, DELETED, JENNY, JENNYS_CARD, MATEOS_CARD, UNATTACHED_CARD
from sandbox import Fault

SET_DEFAULT = """
mutation SetDefault($input: SetDefaultPaymentMethodInput!) {
  setDefaultPaymentMethod(input: $input) {
    customer { id defaultPaymentMethod { id isDefault } }
    previousDefault { id displayLabel }
    errors { __typename code path requestId }
  }
}
"""
DEFAULT = "query($id: ID!) { customer(id: $id) { defaultPaymentMethod { id } } }"
TOUCH = SET = "POST /v1/customers/:cus"


@pytest.fixture
def set_default(api):
    async def set_default(**input):
        return (await api.data(SET_DEFAULT, input=input))["setDefaultPaymentMethod"]

    return set_default


@pytest.fixture
def default_of(api):
    async def default_of(customer):
        return (await api.data(DEFAULT, id=customer))["customer"]["defaultPaymentMethod"]

    return default_of


async def test_a_method_becomes_the_default(set_default, default_of):
    payload = await set_default(paymentMethodId=JENNYS_CARD, customerId=JENNY)
    assert payload == {
        "customer": {"id": JENNY, "defaultPaymentMethod": {"id": JENNYS_CARD, "isDefault": True}},
        "previousDefault": None,
        "errors": [],
    }
    assert await default_of(JENNY) == {"id": JENNYS_CARD}


async def test_null_clears_it(set_default, default_of):
    payload = await set_default(paymentMethodId=None, customerId=AMARA)
    assert payload["customer"] == {"id": AMARA, "defaultPaymentMethod": None}
    assert payload["previousDefault"] == {"id": AMARAS_DEFAULT, "displayLabel": "Cartes Bancaires •••• 1001"}
    assert await default_of(AMARA) is None


async def test_it_takes_one_call_when_what_was_before_is_not_asked_for(api, stripe):
    query = """mutation($i: SetDefaultPaymentMethodInput!) { setDefaultPaymentMethod(input: $i) {
      customer { id email defaultPaymentMethod { displayLabel customer { name } } } errors { code } } }"""
    await api.data(query, i={"paymentMethodId": JENNYS_CARD, "customerId": JENNY})
    assert stripe.calls == [SET]
    assert stripe.form() == {
        "invoice_settings[default_payment_method]": JENNYS_CARD,
        "expand[0]": "invoice_settings.default_payment_method",
    }


async def test_what_was_before_takes_one_more(set_default, stripe):
    await set_default(paymentMethodId=JENNYS_CARD, customerId=JENNY)
    assert stripe.calls == [TOUCH, SET]


class TestRefusals:
    @pytest.fixture
    def refused(self, set_default, sandbox):
        async def refused(**input):
            before = len(sandbox.ledger.entries())
            payload = await set_default(**input)
            (error,) = payload.pop("errors")
            assert payload == {"customer": None, "previousDefault": None}
            assert len(sandbox.ledger.entries()) == before
            return error

        return refused

    @pytest.mark.parametrize("id", ["pm_none", MATEOS_CARD, UNATTACHED_CARD, "pm_card_visa"])
    async def test_a_method_that_the_customer_does_not_have(self, refused, id):
        error = await refused(paymentMethodId=id, customerId=JENNY)
        assert (error["__typename"], error["code"]) == ("NotFoundError", "NOT_FOUND")
        assert error["path"] == ["input", "paymentMethodId"]

    @pytest.mark.parametrize("id", ["cus_none", DELETED])
    async def test_unknown_customer(self, refused, id):
        error = await refused(paymentMethodId=JENNYS_CARD, customerId=id)
        assert (error["code"], error["path"]) == ("NOT_FOUND", ["input", "customerId"])

    async def test_no_customer_named(self, refused, stripe):
        error = await refused(paymentMethodId=JENNYS_CARD)
        assert (error["code"], error["path"]) == ("INVALID_INPUT", ["input", "customerId"])
        assert stripe.calls == []


class TestIdempotency:
    async def test_the_same_key_is_done_once_and_answered_alike(self, set_default, sandbox):
        input = {"paymentMethodId": None, "customerId": AMARA, "idempotencyKey": "k"}
        first = await set_default(**input)
        assert first["previousDefault"]["id"] == AMARAS_DEFAULT
        assert await set_default(**input) == first

    async def test_the_same_key_with_other_input_is_a_conflict(self, set_default):
        await set_default(paymentMethodId=JENNYS_CARD, customerId=JENNY, idempotencyKey="k")
        (error,) = (await set_default(paymentMethodId=None, customerId=JENNY, idempotencyKey="k"))["errors"]
        assert error["code"] == "IDEMPOTENCY_CONFLICT"


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "error_before", "stall"])
async def test_a_retry_completes_a_failed_mutation(settings, sandbox, stripe, quick, kind):
    from quality.harness.clients import Api

    sandbox.faults.add(Fault(kind, path=f"/customers/{JENNY}$", work=True if kind == "stall" else None))
    async with Api(settings.model_copy(update={"stripe_timeout": 0.05}), stripe) as api:
        payload = (await api.data(SET_DEFAULT, input={"paymentMethodId": JENNYS_CARD, "customerId": JENNY}))[
            "setDefaultPaymentMethod"
        ]
    assert payload["customer"]["defaultPaymentMethod"]["id"] == JENNYS_CARD


ATTACH = """
mutation Attach($input: AttachPaymentMethodInput!) {
  attachPaymentMethod(input: $input) {
    paymentMethod { id isDefault customer { email defaultPaymentMethod { id } } }
    customer { id defaultPaymentMethod { id displayLabel } }
    errors { __typename code path message }
  }
}
"""
ATTACH_CALL = "POST /v1/payment_methods/:pm/attach"


class TestAttachAsDefault:
    INPUT = {"paymentMethodId": UNATTACHED_CARD, "customerId": JENNY, "setAsDefault": True}  # noqa: RUF012

    async def test_it_is_both_in_two_calls(self, api, stripe):
        payload = (await api.data(ATTACH, input=self.INPUT))["attachPaymentMethod"]
        assert payload["errors"] == []
        assert payload["paymentMethod"]["isDefault"] is True
        assert payload["paymentMethod"]["customer"]["defaultPaymentMethod"] == {"id": UNATTACHED_CARD}
        assert payload["customer"]["defaultPaymentMethod"]["id"] == UNATTACHED_CARD
        assert stripe.calls == [ATTACH_CALL, SET]

    async def test_a_declined_card_changes_no_default(self, api, default_of, stripe):
        input = {"paymentMethodId": "pm_card_visa_chargeDeclined", "customerId": AMARA, "setAsDefault": True}
        payload = (await api.data(ATTACH, input=input))["attachPaymentMethod"]
        assert payload["errors"][0]["code"] == "CARD_DECLINED"
        assert stripe.calls == [ATTACH_CALL]
        assert await default_of(AMARA) == {"id": AMARAS_DEFAULT}

    @pytest.mark.parametrize("kind", ["rate_limit", "unavailable", "drop_before", "permission"])
    async def test_attached_without_becoming_the_default_is_reported(self, api, sandbox, quick, default_of, kind):
        sandbox.faults.add(Fault(kind, method="POST", path=f"/customers/{JENNY}$", times=3))
        input = {**self.INPUT, "idempotencyKey": "k"}
        payload = (await api.data(ATTACH, input=input))["attachPaymentMethod"]
        (error,) = payload["errors"]
        assert (error["__typename"], error["code"]) == ("DefaultNotSetError", "DEFAULT_NOT_SET")
        assert error["path"] == ["input", "setAsDefault"]
        assert payload["paymentMethod"]["id"] == UNATTACHED_CARD
        assert payload["customer"]["id"] == JENNY
        sandbox.faults.clear()
        payload = (await api.data(ATTACH, input=input))["attachPaymentMethod"]
        assert payload["errors"] == []
        assert await default_of(JENNY) == {"id": UNATTACHED_CARD}
        assert sandbox.ledger.operations(UNATTACHED_CARD).count("payment_method.attached") == 1

    @pytest.mark.parametrize(("kind", "known"), [("drop_before", False), ("drop_after", False), ("permission", True)])
    async def test_a_default_whose_response_was_lost_is_not_reported_as_unset(self, api, sandbox, quick, kind, known):
        sandbox.faults.add(Fault(kind, method="POST", path=f"/customers/{JENNY}$", times=3))
        (error,) = (await api.data(ATTACH, input=self.INPUT))["attachPaymentMethod"]["errors"]
        assert error["code"] == "DEFAULT_NOT_SET"
        assert ("whether it is the default is not known" in error["message"]) is not known

    async def test_the_same_key_is_done_once_and_answered_alike(self, api):
        input = {**self.INPUT, "paymentMethodId": "pm_card_visa", "idempotencyKey": "k"}
        assert await api.data(ATTACH, input=input) == await api.data(ATTACH, input=input)

    async def test_an_unknown_account_is_the_error_of_its_field(self, api, stripe):
        input = {"paymentMethodId": UNATTACHED_CARD, "customerAccountId": "acct_1", "setAsDefault": True}
        (error,) = (await api.data(ATTACH, input=input))["attachPaymentMethod"]["errors"]
        assert (error["code"], error["path"]) == ("NOT_FOUND", ["input", "customerAccountId"])
        assert len(stripe.calls) == 1
