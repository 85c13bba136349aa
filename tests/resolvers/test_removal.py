import pytest

from sandbox import Fault
from tests.wallets import AMARAS_DEFAULT, MATEOS_CARD, UNATTACHED_CARD

DETACH = """
mutation Detach($id: ID!, $key: String) {
  detachPaymentMethod(input: {paymentMethodId: $id, unlessInUse: true, idempotencyKey: $key}) {
    detachedPaymentMethodId
    errors { __typename code path ... on PaymentMethodInUseError { isDefault activeSubscriptionCount } }
  }
}
"""
METHOD = "GET /v1/payment_methods/:pm"
SUBSCRIPTIONS = "GET /v1/subscriptions"
DETACH_CALL = "POST /v1/payment_methods/:pm/detach"

PAYS_A_SUBSCRIPTION = "pm_1SUEuFLkdIwHu7ixPFpSCBNf"
MATEOS_DEFAULT = "pm_1S32t1LkdIwHu7ixMRbdWPyL"


@pytest.fixture
def detach(api):
    async def detach(id, key=None):
        return (await api.data(DETACH, id=id, key=key))["detachPaymentMethod"]

    return detach


async def test_what_nothing_depends_on_is_detached(detach, stripe):
    assert await detach(MATEOS_CARD) == {"detachedPaymentMethodId": MATEOS_CARD, "errors": []}
    assert stripe.calls == [METHOD, SUBSCRIPTIONS, DETACH_CALL]


@pytest.mark.parametrize(
    ("id", "is_default", "subscriptions"),
    [
        (AMARAS_DEFAULT, True, 0),
        (PAYS_A_SUBSCRIPTION, False, 1),
        (MATEOS_DEFAULT, True, 1),
    ],
    ids=["the default", "pays a subscription", "the default, which pays a subscription that names none"],
)
async def test_what_is_in_use_is_refused(detach, stripe, sandbox, id, is_default, subscriptions):
    payload = await detach(id)
    assert payload["detachedPaymentMethodId"] is None
    assert payload["errors"] == [
        {
            "__typename": "PaymentMethodInUseError",
            "code": "IN_USE",
            "path": ["input", "paymentMethodId"],
            "isDefault": is_default,
            "activeSubscriptionCount": subscriptions,
        }
    ]
    assert stripe.calls == [METHOD, SUBSCRIPTIONS]
    assert sandbox.ledger.operations() == []


@pytest.mark.parametrize(
    ("status", "needed"),
    [
        ("active", True),
        ("trialing", True),
        ("past_due", True),
        ("unpaid", True),
        ("incomplete", False),
        ("incomplete_expired", False),
        ("paused", False),
        ("moonstruck", False),
        (None, False),
    ],
)
@pytest.mark.parametrize("reference", ["pm_1", {"id": "pm_1", "object": "payment_method"}])
def test_a_subscription_needs_its_method_in_some_states(status, needed, reference):
    from resolvers.removal import _pays

    assert _pays({"status": status, "default_payment_method": reference}, "pm_1", is_default=False) is needed
    assert _pays({"status": status, "default_payment_method": None}, "pm_1", is_default=True) is needed
    assert not _pays({"status": status, "default_payment_method": "pm_2"}, "pm_1", is_default=True)
    assert not _pays({"status": status, "default_payment_method": None}, "pm_1", is_default=False)


async def test_attached_to_nobody(detach, stripe):
    (error,) = (await detach(UNATTACHED_CARD))["errors"]
    assert error["code"] == "NOT_ATTACHED"
    assert stripe.calls == [METHOD, DETACH_CALL]


async def test_unknown_method(detach, stripe):
    (error,) = (await detach("pm_none"))["errors"]
    assert (error["code"], error["path"]) == ("NOT_FOUND", ["input", "paymentMethodId"])
    assert stripe.calls == [METHOD]


async def test_the_same_key_is_done_once_and_answered_alike(detach, sandbox):
    first = await detach(MATEOS_CARD, "k")
    assert await detach(MATEOS_CARD, "k") == first
    assert sandbox.ledger.operations(MATEOS_CARD) == ["payment_method.detached"]


@pytest.mark.parametrize("path", ["/v1/subscriptions", f"/v1/payment_methods/{MATEOS_CARD}$"])
async def test_when_it_can_not_be_known_nothing_is_detached(api, sandbox, quick, path):
    sandbox.faults.add(Fault("unavailable", method="GET", path=path, times=None))
    answer = await api(DETACH, id=MATEOS_CARD)
    assert answer["errors"][0]["extensions"]["code"] == "UPSTREAM_UNAVAILABLE"
    assert "outcome" not in answer["errors"][0]["extensions"]
    assert sandbox.ledger.operations() == []


async def test_without_the_flag_nobody_asks(api, stripe):
    query = "mutation($id: ID!) { detachPaymentMethod(input: {paymentMethodId: $id}) { errors { code } } }"
    assert await api.data(query, id=AMARAS_DEFAULT) == {"detachPaymentMethod": {"errors": []}}
    assert stripe.calls == [DETACH_CALL]
