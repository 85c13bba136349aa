import json

import pytest
from pydantic import SecretStr

from quality.harness.clients import Api
from quality.harness.tokens import bearer
from quality.harness.wallets import AMARA
from serving.settings.settings import Settings

SECRET = "s" * 40
CLOSED = Settings(sandbox=True, auth_secret=SecretStr(SECRET), allow_anonymous=False)
LIVE = Settings(stripe_secret_key=SecretStr("rk_live_x"), auth_secret=SecretStr("0123456789abcdef0123456789abcdef"))


class TestIntrospection:
    CLOSED = Settings(introspection=False)

    LIVE = Settings(stripe_secret_key=SecretStr("rk_live_x"), auth_secret=SecretStr("0123456789abcdef0123456789abcdef"))

    async def test_with_a_live_key_services_alone_ask_for_the_schema(self, stripe):
        async with Api(self.LIVE, stripe) as api:
            api.http.headers.update(bearer(self.LIVE, customer=AMARA))
            assert "data" not in await api("{ __schema { queryType { name } } }")
            api.http.headers.update(bearer(self.LIVE, service=True))
            answer = await api("{ __schema { queryType { name } } }")
        assert answer == {"data": {"__schema": {"queryType": {"name": "Query"}}}}

    async def test_the_schema_is_hidden(self, stripe):
        async with Api(self.CLOSED, stripe) as api:
            for query in ("{ __schema { queryType { name } } }", '{ __type(name: "Query") { name } }'):
                answer = await api(query)
                assert "data" not in answer
                assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
            assert (await api("{ __typename viewer { __typename } }"))["data"]["__typename"] == "Query"

    @pytest.mark.parametrize(
        ("query", "variables"),
        [
            ("{ viewr { kind } }", {}),
            ('{ node(idd: "x") { id } }', {}),
            ('{ node(id: "x") { ... on PaymentMethd { id } } }', {}),
            ("{ customer { paymentMethods(type: CRD) { nodes { id } } } }", {}),
            ("query($t: PaymentMethodType) { customer { paymentMethods(type: $t) { nodes { id } } } }", {"t": "CRD"}),
            ("mutation { detachPaymentMethod(input: {paymentMethodIdd: 1}) { errors { code } } }", {}),
            (
                "mutation($i: DetachPaymentMethodInput!) { detachPaymentMethod(input: $i) { errors { code } } }",
                {"i": {"paymentMethodIdd": "x"}},
            ),
            ("{ viewer { kind @skp(if: true) } }", {}),
            ("query($i: DetachPaymentMethodInpt!) { viewer { kind } }", {}),
        ],
    )
    async def test_nor_can_it_be_guessed(self, stripe, query, variables):
        async with Api(self.CLOSED, stripe) as api:
            answer = await api(query, **variables)
        assert "Did you mean" not in json.dumps(answer)
        assert "data" not in answer

    async def test_where_it_is_open_mistakes_are_helped(self, api):
        assert "Did you mean" in str(await api("{ viewr { kind } }"))
