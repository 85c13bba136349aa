"""What an operation leaves in memory once a plan has answered it: nothing that waits for the garbage collector.

Stripe's answers are large, and the collector comes late: what it has to find takes megabytes until then, and a pause.
"""

import pytest

from quality.harness.clients import Api
from quality.harness.wallets import AMARA, AMARAS_BANK_ACCOUNT, AMARAS_DEFAULT
from resolvers.context import RequestContext
from resolvers.reads.dataloaders import Objects, Pages
from serving.settings.settings import Settings
from serving.telemetry.operation_record import OperationRecord
from stripe_api import StripeSession
from stripe_api.objects import StripeResponse

pytestmark = pytest.mark.anyio


@pytest.fixture
async def api(stripe):
    async with Api(Settings(compiled_plans=True), stripe) as api:
        yield api


OF_ONE_OPERATION = (RequestContext, Objects, Pages, OperationRecord, StripeSession, StripeResponse)
WALLET = """query Wallet($id: ID!) { customer(id: $id) { name defaultPaymentMethod { displayLabel }
  paymentMethods { nodes { id isDefault customer { name } } pageInfo { hasNextPage } } } }"""
NODES = "query Nodes($ids: [ID!]!) { nodes(ids: $ids) { id ... on PaymentMethod { displayLabel } } }"
ATTACH = """mutation Attach($input: AttachPaymentMethodInput!) { attachPaymentMethod(input: $input) {
  paymentMethod { id customer { name } } customer { paymentMethods { nodes { id } } } errors { message } } }"""


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        pytest.param(WALLET, {"id": AMARA}, id="wallet"),
        pytest.param(NODES, {"ids": [AMARA, AMARAS_DEFAULT, AMARAS_BANK_ACCOUNT]}, id="nodes"),
        pytest.param(NODES, {"ids": [AMARA, "pm_none", "cus_none"]}, id="nodes that there are not"),
        pytest.param(
            ATTACH,
            {"input": {"paymentMethodId": "pm_card_visa", "customerId": AMARA, "setAsDefault": True}},
            id="attach",
        ),
        pytest.param(
            ATTACH,
            {"input": {"paymentMethodId": "pm_card_chargeDeclined", "customerId": AMARA}},
            id="a card that is declined",
        ),
    ],
)
async def test_answered_operations_are_gone(api, garbage, query, variables):
    await api.data(query, **variables)
    garbage(OF_ONE_OPERATION)
    await api.data(query, **variables)
    assert garbage(OF_ONE_OPERATION) == set()
