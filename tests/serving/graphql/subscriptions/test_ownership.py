"""A subscriber gets the changes of a wallet that it may access, while its token is accepted."""

import pytest

from changes.change import ChangeKind
from quality.harness.tokens import bearer
from quality.harness.wallets import ACCOUNT, AMARA, AMARAS_DEFAULT, DELETED, JENNY, JENNYS_CARD
from tests.support.served import KINDS, OF, OWN, errors, serving


async def test_a_customer_gets_the_changes_of_its_own_wallet_only(served, jenny):
    async with served.stream(OWN, headers=jenny) as stream:
        await served.publish(AMARA, ChangeKind.PAYMENT_METHOD_UPDATED, AMARAS_DEFAULT)
        await served.publish(JENNY, ChangeKind.DEFAULT_CHANGED)
        assert (await stream.result())["data"]["walletChanged"]["kind"] == "DEFAULT_CHANGED"


@pytest.mark.parametrize(
    "variables", [{"id": AMARA}, {"id": "cus_missing"}, {"account": ACCOUNT}, {"account": "acct_no"}]
)
async def test_a_customer_cant_distinguish_another_wallet_from_a_missing_one(served, jenny, variables):
    async with served.stream(KINDS, headers=jenny, variables=variables) as stream:
        assert await errors(stream) == [
            ("FORBIDDEN", "A customer can only access its own wallet. Omit customerId and customerAccountId.")
        ]
    assert set(served.stripe.calls) <= {"GET /v1/events"}


@pytest.mark.parametrize("variables", [{"id": JENNY}, {}])
async def test_a_customer_may_name_itself(served, jenny, variables):
    async with served.stream(KINDS, headers=jenny, variables=variables) as stream:
        await served.publish(JENNY)
        assert (await stream.result())["data"]["walletChanged"]["kind"] == "PAYMENT_METHOD_UPDATED"


@pytest.mark.parametrize("variables", [{"id": AMARA}, {"account": ACCOUNT}])
async def test_a_service_subscribes_to_any_wallet(served, service, variables):
    async with served.stream(KINDS, headers=service, variables=variables) as stream:
        await served.publish(next(iter(variables.values())))
        assert (await stream.result())["data"]["walletChanged"]["kind"] == "PAYMENT_METHOD_UPDATED"


@pytest.mark.parametrize("variables", [{"id": "cus_missing"}, {"id": DELETED}, {"account": "acct_missing"}])
async def test_a_service_gets_an_error_for_a_missing_wallet(served, service, variables):
    async with served.stream(KINDS, headers=service, variables=variables) as stream:
        assert await errors(stream) == [("BAD_USER_INPUT", "There is no such wallet that this caller may access.")]


@pytest.mark.parametrize("variables", [{}, {"id": JENNY, "account": ACCOUNT}])
async def test_a_service_names_exactly_one_wallet(served, service, variables):
    async with served.stream(KINDS, headers=service, variables=variables) as stream:
        ((code, message),) = await errors(stream)
    assert code == "BAD_USER_INPUT"
    assert message.startswith("Give customerId or customerAccountId")


async def test_objects_are_null_where_the_subscriber_may_not_access_them(served, jenny, service):
    async with (
        served.stream(OWN, headers=jenny) as own,
        served.stream(OF, headers=service, variables={"id": JENNY}) as trusted,
    ):
        await served.publish(JENNY, ChangeKind.PAYMENT_METHOD_DETACHED, AMARAS_DEFAULT)
        change = (await own.result())["data"]["walletChanged"]
        assert (change["paymentMethod"], change["paymentMethodId"]) == (None, AMARAS_DEFAULT)
        change = (await trusted.result())["data"]["walletChanged"]
        assert change["paymentMethod"] == {"id": AMARAS_DEFAULT, "customer": {"id": AMARA}}


async def test_objects_that_are_gone_are_null(served, jenny):
    async with served.stream(OWN, headers=jenny) as stream:
        await served.publish(JENNY, ChangeKind.CUSTOMER_DELETED, "pm_gone")
        await served.http.delete(f"/v1/customers/{JENNY}", headers={"Authorization": "Bearer sk_test_x"})
        change = (await stream.result())["data"]["walletChanged"]
    assert change["paymentMethod"] is None


async def test_a_hidden_field_stays_hidden_in_changes(served, jenny):
    query = "subscription { walletChanged { paymentMethod { card { fingerprint } } } }"
    async with served.stream(query, headers=jenny) as stream:
        await served.publish(JENNY, ChangeKind.PAYMENT_METHOD_UPDATED, JENNYS_CARD)
        assert (await stream.result())["data"]["walletChanged"]["paymentMethod"]["card"] == {"fingerprint": None}


async def test_a_subscription_ends_with_its_token(settings, stripe):
    settings = settings.model_copy(update={"auth_leeway": 0.0})
    async with serving(settings, stripe) as served:
        token = bearer(settings, customer=JENNY, lifetime=1.5)
        async with served.stream(OWN, headers=token) as stream:
            assert await errors(stream) == [
                ("UNAUTHENTICATED", "The token has expired. Subscribe again with a new one.")
            ]
        assert served.service.subscriptions.limits.active == 0


async def test_a_caller_that_lost_its_scope_gets_no_further_change(served, settings, monkeypatch):
    token = bearer(settings, service=True)
    async with served.stream(KINDS, headers=token, variables={"id": JENNY}) as stream:
        await served.publish(JENNY)
        await stream.result()
        served.service.admission._authenticator._verified.clear()
        monkeypatch.setattr(
            served.service.admission._authenticator,
            "_settings",
            settings.model_copy(update={"auth_service_scope": "x"}),
        )
        await served.publish(JENNY)
        assert [code for code, _ in await errors(stream)] == ["FORBIDDEN"]
