import asyncio

from quality.harness.clients import Api
from serving.settings.settings import Settings


class TestTimeIsUp:
    async def test_the_operation_s_deadline_ends_everything(self, stripe, monkeypatch):
        async def forever(*_):
            await asyncio.sleep(60)

        monkeypatch.setattr("operation_runner.GRACE_SECONDS", 0.0)
        monkeypatch.setattr("resolvers.access.Access.retrieve_customer", forever)
        async with Api(Settings(operation_deadline=0.05), stripe) as api:
            answer = await api('{ node(id: "cus_1") { id } }')
        assert answer["errors"][0]["extensions"]["code"] == "UPSTREAM_TIMEOUT"
        assert "data" not in answer
        assert "outcome" not in answer["errors"][0]["extensions"]

    async def test_what_was_being_written_may_have_been_done(self, stripe, monkeypatch):
        async def forever(client, request, call, deadline):
            call.tries = 1
            await asyncio.sleep(60)

        monkeypatch.setattr("operation_runner.GRACE_SECONDS", 0.0)
        monkeypatch.setattr("stripe_api.client.StripeClient.send", forever)
        query = 'mutation { detachPaymentMethod(input: {paymentMethodId: "pm_1"}) { errors { code } } }'
        async with Api(Settings(operation_deadline=0.05), stripe) as api:
            answer = await api(query)
        assert answer["errors"][0]["extensions"] == {"code": "UPSTREAM_TIMEOUT", "outcome": "UNKNOWN"}
