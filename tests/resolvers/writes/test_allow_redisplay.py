"""Whether a later checkout may show a payment method again, set by attachPaymentMethod."""

import pytest

from quality.harness.wallets import JENNY
from sandbox import Fault


class TestAllowRedisplay:
    """It is set by a further call, after all other steps."""

    DOCUMENT = """mutation($input: AttachPaymentMethodInput!) { attachPaymentMethod(input: $input) {
      paymentMethod { allowRedisplay isDefault customer { id } } errors { __typename path } } }"""
    NOT_SET = {"__typename": "AllowRedisplayNotSetError", "path": ["input", "allowRedisplay"]}  # noqa: RUF012

    @pytest.fixture
    def show_again(self, api):
        async def show_again(**input):
            given = {"paymentMethodId": "pm_card_visa", "customerId": JENNY, "allowRedisplay": "ALWAYS", **input}
            return (await api.data(self.DOCUMENT, input=given))["attachPaymentMethod"]

        return show_again

    async def test_it_costs_a_call(self, show_again, stripe):
        payload = await show_again()
        shown = {"allowRedisplay": "ALWAYS", "isDefault": False, "customer": {"id": JENNY}}
        assert payload == {"paymentMethod": shown, "errors": []}
        assert stripe.calls == ["POST /v1/payment_methods/:pm/attach", "POST /v1/payment_methods/:pm"]

    async def test_unknown_is_refused_before_the_attach(self, show_again, stripe):
        payload = await show_again(allowRedisplay="UNKNOWN")
        assert payload["errors"] == [{"__typename": "InvalidInputError", "path": ["input", "allowRedisplay"]}]
        assert stripe.calls == []

    async def test_a_reused_method_gets_it(self, show_again, sandbox):
        await show_again(allowRedisplay="LIMITED")
        payload = await show_again(onDuplicate="REUSE_EXISTING")
        assert payload["paymentMethod"]["allowRedisplay"] == "ALWAYS"

    @pytest.mark.parametrize("kind", ["drop_before", "drop_after", "error_before"])
    async def test_a_failure_is_an_error_next_to_the_method_and_a_retry_completes_it(
        self, show_again, sandbox, quick, kind
    ):
        sandbox.faults.add(Fault(kind, method="POST", path="/payment_methods/pm_[^/]*$", times=3))
        failed = await show_again(idempotencyKey="k", setAsDefault=True)
        assert failed["errors"] == [self.NOT_SET]
        assert failed["paymentMethod"]["isDefault"]
        payload = await show_again(idempotencyKey="k", setAsDefault=True)
        assert payload["errors"] == []
        assert payload["paymentMethod"]["allowRedisplay"] == "ALWAYS"
        assert sandbox.ledger.operations().count("payment_method.attached") == 1
