"""What an operation leaves in memory once a plan has answered it: nothing that waits for the garbage collector.

Stripe's answers are large, and the collector comes late: what it has to find takes megabytes until then, and a pause.
"""

import gc

import pytest

from resolvers.context import RequestContext
from resolvers.loaders import Objects, Pages
from serving.observability import OperationNote
from stripe_api import Stripe
from stripe_api.objects import Answer
from tests.wallets import AMARA, AMARAS_BANK_ACCOUNT, AMARAS_DEFAULT

pytestmark = pytest.mark.anyio

OF_ONE_OPERATION = (RequestContext, Objects, Pages, OperationNote, Stripe, Answer)
WALLET = """query Wallet($id: ID!) { customer(id: $id) { name defaultPaymentMethod { displayLabel }
  paymentMethods { nodes { id isDefault customer { name } } pageInfo { hasNextPage } } } }"""
NODES = "query Nodes($ids: [ID!]!) { nodes(ids: $ids) { id ... on PaymentMethod { displayLabel } } }"
ATTACH = """mutation Attach($input: AttachPaymentMethodInput!) { attachPaymentMethod(input: $input) {
  paymentMethod { id customer { name } } customer { paymentMethods { nodes { id } } } errors { message } } }"""


@pytest.fixture
def garbage():
    """Begins to keep what the collector finds; when it is called again, that."""

    def of_one_operation():
        gc.collect()
        gc.disable()
        gc.set_debug(gc.DEBUG_SAVEALL)
        return {type(one).__name__ for one in gc.garbage if isinstance(one, OF_ONE_OPERATION)}

    yield of_one_operation
    gc.set_debug(0)
    gc.garbage.clear()
    gc.enable()


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        pytest.param(WALLET, {"id": AMARA}, id="wallet"),
        pytest.param(NODES, {"ids": [AMARA, AMARAS_DEFAULT, AMARAS_BANK_ACCOUNT]}, id="nodes"),
        pytest.param(
            ATTACH,
            {"input": {"paymentMethodId": "pm_card_visa", "customerId": AMARA, "setAsDefault": True}},
            id="attach",
        ),
    ],
)
async def test_answered_operations_are_gone(api, garbage, query, variables):
    await api.data(query, **variables)
    garbage()
    await api.data(query, **variables)
    assert garbage() == set()
