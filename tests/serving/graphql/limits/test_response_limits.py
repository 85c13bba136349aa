from types import SimpleNamespace

import httpx
import pytest

from quality.harness.builders import customer, payment_method
from quality.harness.clients import Api, Recorder
from quality.harness.wallets import AMARA, JENNY
from serving.graphql.errors import response_too_large
from serving.settings.settings import Settings
from serving.telemetry.operation_calls import WriteRecord


def upstream_with_more_than_was_asked(sent):
    """Answers each list with 3,000 methods, whatever the limit; everything else with a payment method."""

    async def answer(request):
        method = payment_method(customer=JENNY, metadata={"note": "x" * 400})
        if request.url.path.endswith("/payment_methods"):
            entries = [{**method, "id": f"pm_{n}"} for n in range(sent)]
            return httpx.Response(200, json={"object": "list", "data": entries, "has_more": False, "url": "/"})
        if "/customers/" in request.url.path:
            return httpx.Response(200, json=customer(id=JENNY))
        return httpx.Response(200, json=method)

    return Recorder(httpx.MockTransport(answer))


WALLET = f'{{ customer(id: "{JENNY}") {{ paymentMethods(first: 2) {{ nodes {{ id metadata @M }} }} }} }}'
FIELDS = "type created livemode allowRedisplay displayLabel isDefault billingDetails { name email phone }"
DECLINED = f"""mutation($customer: ID!) {{
  attachPaymentMethod(input: {{paymentMethodId: "pm_card_visa_chargeDeclined", customerId: $customer}}) {{
    errors {{ {"a" * 1024}: __typename }}
  }}
}}"""
ATTACH = f"""
mutation($id: ID!) {{
  attachPaymentMethod(input: {{paymentMethodId: $id, customerId: "{JENNY}", idempotencyKey: "key"}}) {{
    paymentMethod {{ id customer {{ paymentMethods(first: 2) {{ nodes {{ id metadata @M }} }} }} }}
    errors {{ code }}
  }}
  second: attachPaymentMethod(input: {{paymentMethodId: "pm_other", customerId: "{JENNY}"}}) {{ errors {{ code }} }}
}}
"""


@pytest.mark.parametrize("plans", [True, False])
class TestCountedWhileBuilt:
    @pytest.mark.parametrize("selected", [FIELDS, "customer { name }", "isDefault", "a: id b: id c: id d: id e: id"])
    async def test_too_many_fields(self, plans, selected):
        stripe = upstream_with_more_than_was_asked(3000)
        async with Api(Settings(compiled_plans=plans, max_cost=1000), stripe) as api:
            answer = await api(WALLET.replace("@M", selected))
        assert answer == {
            "errors": [
                {
                    "message": "The response has too many fields: at most 1000 (MAX_COST). "
                    "Select less, or ask for smaller pages.",
                    "extensions": {"code": "BAD_USER_INPUT", "limit": "MAX_COST", "value": 1000},
                }
            ]
        }

    async def test_too_many_bytes(self, plans):
        settings = Settings(compiled_plans=plans, max_response_bytes=100_000)
        async with Api(settings, upstream_with_more_than_was_asked(300)) as api:
            answer = await api(WALLET.replace("@M", ""))
        assert "data" not in answer
        extensions = {"code": "BAD_USER_INPUT", "limit": "MAX_RESPONSE_BYTES", "value": 100_000}
        assert answer["errors"][0]["extensions"] == extensions

    @pytest.mark.parametrize(
        ("settings", "limit", "outcome", "writes"),
        [
            ({"max_cost": 400}, "MAX_COST", "UNKNOWN", 1),
            ({"max_response_bytes": 9000}, "MAX_RESPONSE_BYTES", "DONE", 2),
        ],
    )
    async def test_the_error_has_the_outcome_of_the_writes(self, plans, settings, limit, outcome, writes):
        stripe = upstream_with_more_than_was_asked(300)
        async with Api(Settings(compiled_plans=plans, **settings), stripe) as api:
            answer = await api(ATTACH.replace("@M", ""), id="pm_1")
        assert "data" not in answer
        [error] = answer["errors"]
        assert (error["extensions"]["limit"], error["extensions"]["outcome"]) == (limit, outcome)
        assert "send them again with their idempotencyKey" in error["message"]
        assert [call for call in stripe.calls if call.startswith("POST")] == [
            "POST /v1/payment_methods/:pm/attach"
        ] * writes

    @pytest.mark.parametrize(
        ("written", "outcome"),
        [
            (["DONE", "DONE"], "DONE"),
            (["NOT_DONE"], "NOT_DONE"),
            (["DONE", "NOT_DONE"], "PARTIAL"),
            (["DONE", "PARTIAL"], "PARTIAL"),
            (["PARTIAL", "UNKNOWN"], "UNKNOWN"),
            ([], "UNKNOWN"),
        ],
    )
    def test_an_executed_operation_has_the_outcome_of_its_mutation_fields(self, plans, written, outcome):
        writes = [WriteRecord("attachPaymentMethod", one, None) for one in written]
        refusal = response_too_large("MAX", 1, "bytes", [SimpleNamespace(endpoint="POST /v1/x")], writes=writes)
        assert refusal.errors[0].extensions["outcome"] == outcome

    async def test_a_declined_card_is_not_done(self, plans, stripe):
        """The payload with the decline is withheld, and the outcome must not say that the card was attached."""
        async with Api(Settings(compiled_plans=plans, max_response_bytes=1024), stripe) as api:
            answer = await api(DECLINED, customer=AMARA)
        [error] = answer["errors"]
        assert error["extensions"]["outcome"] == "NOT_DONE"
        assert error["message"].endswith("Nothing was changed.")

    async def test_what_fits_is_answered(self, plans):
        async with Api(Settings(compiled_plans=plans), upstream_with_more_than_was_asked(3)) as api:
            data = await api.data(WALLET.replace("@M", FIELDS))
        assert len(data["customer"]["paymentMethods"]["nodes"]) == 3


async def test_the_bytes_of_a_batch_are_counted_together():
    stripe = upstream_with_more_than_was_asked(100)
    async with Api(Settings(max_batch=5, max_response_bytes=120_000), stripe) as api:
        response = await api.http.post("/graphql", json=[{"query": WALLET.replace("@M", "")}] * 5)
    assert ["data" in entry for entry in response.json()] == [True, True, False, False, False]
    assert len(response.content) < 125_000
