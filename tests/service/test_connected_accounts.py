"""Connect: callers of two connected accounts with equal ids, each of whom sees the objects of one account only."""

from __future__ import annotations

import asyncio

import jwt
import pytest
from graphql import get_named_type
from structlog.testing import capture_logs

from app import schema
from quality.harness.tokens import bearer
from quality.harness.wallets import AMARA, AMARAS_DEFAULT, MATEO, MATEOS_CARD
from sandbox import Fault
from tests.resolvers.mutations.saving import PAYMENT, SETUP, Saving
from tests.service.test_ownership import READS, WRITES, everything
from tests.support.connected_accounts import ONE, OTHER, PLATFORM, UNLINKED, Accounts, Platform, comparable
from tests.support.missing import needs_store
from tests.support.served import serving

CORE = schema._schema
NAME = f'{{ paymentMethod(id: "{AMARAS_DEFAULT}") {{ billingDetails {{ name }} }} }}'
WALLET = "{ customer { name paymentMethods(first: 100) { nodes { id billingDetails { name } } } } }"
IDS = {
    **dict.fromkeys(("intent", "succeeded"), "seti_none"),
    **dict.fromkeys(("payment", "paid"), "pi_none"),
    **{"method": AMARAS_DEFAULT, "customer": AMARA, "account": "acct_none", "none": AMARA},
}

SAVED_BY = {"succeeded": SETUP, "paid": PAYMENT}
UNCONFIRMED = {
    "intent": ("/v1/setup_intents", {"customer": AMARA}),
    "payment": ("/v1/payment_intents", {"customer": AMARA, "amount": "1099", "currency": "usd"}),
}


@pytest.fixture
async def accounts():
    accounts = Accounts()
    await accounts.mark()
    return accounts


@pytest.fixture
def platform(accounts):
    return Platform(accounts, read_cache_seconds=0)


@pytest.fixture
def cached(accounts):
    return Platform(accounts, read_cache_seconds=600)


class TestTheHeader:
    """Every REST call of a caller is made for its connected account."""

    @pytest.mark.parametrize("service", [False, True])
    @pytest.mark.parametrize("account", [ONE, OTHER, PLATFORM])
    async def test_every_read_has_it(self, platform, account, service):
        query = f'{{ customer(id: "{AMARA}") {{ name paymentMethods {{ nodes {{ isDefault }} }} }} }}'
        found = await platform.data(account, query, service=service)
        assert found["customer"]["name"] == f"of {account}"
        assert platform.called == {account: 2}

    @pytest.mark.parametrize("account", [ONE, OTHER, PLATFORM])
    async def test_every_step_of_a_write_has_it(self, platform, account):
        query = """mutation { attachPaymentMethod(input: {
          paymentMethodId: "pm_card_mastercard", setAsDefault: true, onDuplicate: REPLACE_EXISTING}) {
          customer { name defaultPaymentMethod { id } } errors { code } } }"""
        found = (await platform.data(account, query))["attachPaymentMethod"]
        assert found["errors"] == []
        assert found["customer"]["name"] == f"of {account}"
        assert platform.called == {account: 3}

    async def test_a_retry_has_it(self, platform):
        platform.accounts.sandboxes[ONE].faults.add(Fault("unavailable"))
        await platform.data(ONE, NAME, service=True)
        assert platform.called == {ONE: 2}

    async def test_without_the_setting_the_claim_is_ignored(self, accounts):
        platform = Platform(accounts, auth_account_claim=None)
        found = await platform.data(ONE, NAME)
        assert found["paymentMethod"]["billingDetails"]["name"] == "of None"
        assert platform.called == {PLATFORM: 1}

    async def test_a_nested_claim(self, accounts):
        platform = Platform(accounts, auth_account_claim="app.account")
        token = bearer(platform.settings, customer=AMARA)["Authorization"].removeprefix("Bearer ")
        claims = jwt.decode(token, options={"verify_signature": False})
        token = jwt.encode({**claims, "app": {"account": ONE}}, platform.settings.shared_secret, "HS256")
        body = {"query": NAME}
        response = await platform.api.http.post("/graphql", json=body, headers={"Authorization": f"Bearer {token}"})
        assert response.json()["data"]["paymentMethod"]["billingDetails"]["name"] == f"of {ONE}"

    @pytest.mark.parametrize("value", ["", "cus_1", "acct_", "acct_1\r\nx: y", "acct_1/x", 7, ["acct_1"], False, {}])
    @pytest.mark.parametrize("service", [False, True])
    async def test_an_invalid_claim_is_refused_and_takes_no_call(self, platform, value, service):
        response = await platform(value, NAME, service=service)
        assert response.status_code == 403
        (error,) = response.json()["errors"]
        assert error["message"] == "The token's claim stripe_account is not the id of an account, acct_…"
        assert error["extensions"]["code"] == "FORBIDDEN"
        assert not platform.stripe.requests

    @pytest.mark.parametrize(
        "operation",
        [
            NAME,
            WALLET,
            """mutation { createSetupIntent(input: {}) { setupIntent { id } errors { code } } }""",
        ],
    )
    async def test_an_account_that_has_disconnected_is_forbidden(self, platform, operation):
        answer = (await platform(UNLINKED, operation)).json()
        errors = {(error["extensions"]["code"], error["message"]) for error in answer["errors"]}
        assert errors == {
            ("FORBIDDEN", "Stripe does not let this service act for the connected account of your token.")
        }
        assert "sk_test" not in str(answer)
        assert platform.called[UNLINKED] == len(platform.stripe.requests)


def _read(field: str) -> str:
    selection = READS[field][1]
    arguments = selection[: selection.index("{")]
    variable = "($id: ID!)" if "$id" in arguments else ""
    found = everything(get_named_type(CORE.query_type.fields[field].type), 2)
    return f"query{variable} {{ {arguments} {found} }}"


def _write(field: str, key: str) -> str:
    selection = WRITES[field][1]
    arguments = selection.split(") {")[0].rstrip()[:-1].rstrip().replace("pm_card_visa", AMARAS_DEFAULT)
    found = everything(get_named_type(CORE.mutation_type.fields[field].type), 2)
    customer = ", $customer: ID" if "$customer" in arguments else ""
    return f'mutation($id: ID!{customer}) {{ {arguments}, idempotencyKey: "{key}"}}) {found} }}'


@pytest.mark.parametrize("warm", [False, True])
@pytest.mark.parametrize("service", [False, True])
@pytest.mark.parametrize("field", READS)
async def test_a_read_is_the_same_whatever_another_account_s_callers_have_read(accounts, field, service, warm):
    """Of every field, cold and from the cache, with equal ids in both accounts."""
    used, alone = (Platform(accounts, read_cache_seconds=600) for _ in range(2))
    id = await _id(accounts, field)
    for account in (ONE, PLATFORM, OTHER):
        for _ in range(3 if warm else 1):
            await used(account, _read(field), service=service, id=id)
    for account in (ONE, PLATFORM, OTHER):
        response = await used(account, _read(field), service=service, id=id)
        assert comparable(response) == comparable(await alone(account, _read(field), service=service, id=id))
        assert set(used.called) <= {account}
        assert not [other for other in (ONE, OTHER, "None") if f"of {other}" in response.text and other != str(account)]


async def _id(accounts: Accounts, field: str) -> str:
    if READS[field][0] not in UNCONFIRMED:
        return IDS[READS[field][0]]
    path, form = UNCONFIRMED[READS[field][0]]
    intents = [await accounts.rest(account, "POST", path, **form) for account in (ONE, OTHER)]
    return str(intents[0]["id"])


@pytest.mark.parametrize("service", [False, True])
@pytest.mark.parametrize("field", WRITES)
async def test_a_write_with_another_account_s_key_has_its_own_outcome(field, service):
    """The key was used by the equal caller of another account, with the same input."""
    kind = WRITES[field][0]
    calls = service or field != "createPaymentIntent"
    outcomes = []
    for is_used in (True, False):
        accounts = Accounts()
        await accounts.mark()
        platform = Platform(accounts, read_cache_seconds=600)
        ids = dict.fromkeys((ONE, OTHER), IDS[kind])
        for account in ids:
            if kind in SAVED_BY:
                saving = Saving(accounts.sandboxes[account], SAVED_BY[kind])
                ids[account] = (await saving.intent(customer=AMARA))[0]
            if kind in UNCONFIRMED:
                path, form = UNCONFIRMED[kind]
                ids[account] = (await accounts.rest(account, "POST", path, **form))["id"]
        if is_used:
            await platform(ONE, _write(field, "used"), service=service, id=ids[ONE], customer=AMARA)
            assert set(platform.called) == ({ONE} if calls else set())
        before = len(accounts.sandboxes[ONE].ledger.entries())
        response = await platform(OTHER, _write(field, "used"), service=service, id=ids[OTHER], customer=AMARA)
        assert set(platform.called) == ({OTHER} if calls else set())
        assert len(accounts.sandboxes[ONE].ledger.entries()) == before
        assert f"of {ONE}" not in response.text
        again = await platform(OTHER, _write(field, "used"), service=service, id=ids[OTHER], customer=AMARA)
        assert comparable(again) == comparable(response)
        outcomes.append((comparable(response, is_saved=kind in SAVED_BY), platform.stripe.calls))
    assert outcomes[0] == outcomes[1]


class TestTheReadCache:
    """The cached reads of an account are valid until that account's wallet changes."""

    async def test_a_change_evicts_the_wallet_of_its_own_account_only(self, cached):
        for account in (ONE, OTHER, PLATFORM):
            await cached.data(account, WALLET)
        await cached.accounts.rest(ONE, "POST", f"/v1/customers/{AMARA}", name="new")
        event = await cached.accounts.latest_event(ONE)
        assert (await cached.api.service.live.handler.handle(event, "webhook")).value == "handled"
        found = {account: (await cached.data(account, WALLET))["customer"]["name"] for account in (OTHER, PLATFORM)}
        assert found == {OTHER: f"of {OTHER}", PLATFORM: "of None"}
        assert not cached.stripe.requests
        assert (await cached.data(ONE, WALLET))["customer"]["name"] == "new"
        assert cached.called == {ONE: 2}

    async def test_a_write_evicts_the_wallet_of_its_own_account_only(self, cached):
        for account in (ONE, OTHER):
            await cached.data(account, WALLET)
        update = f"""mutation {{ updatePaymentMethod(input: {{
          paymentMethodId: "{AMARAS_DEFAULT}", billingDetails: {{name: "new"}}}}) {{ errors {{ code }} }} }}"""
        await cached.data(ONE, update)
        await cached.data(OTHER, WALLET)
        assert not cached.stripe.requests
        assert "new" in str(await cached.data(ONE, WALLET))
        assert cached.called[ONE]

    async def test_a_completed_setup_evicts_the_wallet_of_its_own_account_only(self, cached):
        for account in (ONE, OTHER):
            await cached.data(account, WALLET)
        intent, method = await Saving(cached.accounts.sandboxes[ONE]).intent(customer=AMARA)
        complete = f'mutation {{ completeSetupIntent(input: {{setupIntentId: "{intent}"}}) {{ errors {{ code }} }} }}'
        await cached.data(ONE, complete)
        await cached.data(OTHER, WALLET)
        assert not cached.stripe.requests
        assert method in str(await cached.data(ONE, WALLET))

    async def test_equal_reads_of_two_accounts_share_no_call(self, cached):
        for account in (ONE, OTHER):
            await cached.data(account, WALLET)
        cached.api.service.read_cache.clear()
        reads = [cached(account, NAME) for account in (ONE, OTHER, ONE, OTHER, PLATFORM)]
        names = [one.json()["data"]["paymentMethod"]["billingDetails"]["name"] for one in await asyncio.gather(*reads)]
        assert names == [f"of {account}" for account in (ONE, OTHER, ONE, OTHER, PLATFORM)]

    async def test_the_same_event_of_another_account_is_another_event(self, cached):
        handler = cached.api.service.live.handler
        await cached.accounts.rest(ONE, "POST", f"/v1/customers/{AMARA}", name="new")
        event = await cached.accounts.latest_event(ONE)
        outcomes = [(await handler.handle({**event, "account": one}, "webhook")).value for one in (ONE, OTHER, ONE)]
        assert outcomes == ["handled", "handled", "seen"]

    @pytest.mark.parametrize("account", ["", "acct_1/x", "acct 1"])
    async def test_an_event_of_what_is_no_account_is_not_handled(self, cached, account):
        event = {**await cached.accounts.latest_event(ONE), "account": account}
        assert (await cached.api.service.live.handler.handle(event, "webhook")).value == "other_account"

    async def test_without_the_setting_events_of_connected_accounts_are_not_handled(self, accounts):
        platform = Platform(accounts, auth_account_claim=None)
        event = await accounts.latest_event(ONE)
        assert (await platform.api.service.live.handler.handle(event, "webhook")).value == "other_account"


@needs_store
async def test_replicas_that_share_a_store_keep_the_accounts_separate(accounts, store):
    options = {"sandbox": None, "stripe_secret_key": "sk_test_x", "redis_url": store.url, "auth_secret": "s" * 32}
    one, other = (Platform(accounts, read_cache_seconds=600, **options) for _ in range(2))
    try:
        for account in (ONE, OTHER, ONE, OTHER):
            await one.data(account, WALLET)
        update = f"""mutation {{ updatePaymentMethod(input: {{
          paymentMethodId: "{AMARAS_DEFAULT}", billingDetails: {{name: "new"}}}}) {{ errors {{ code }} }} }}"""
        await one.data(ONE, update)
        assert "new" in str(await other.data(ONE, WALLET))
        assert f"of {OTHER}" in str(await other.data(OTHER, WALLET))
        assert not other.stripe.requests
    finally:
        for platform in (one, other):
            await platform.api.service.aclose()


CHANGED = "subscription { walletChanged { kind paymentMethod { id billingDetails { name } } customer { id name } } }"


async def test_a_subscriber_gets_the_changes_of_its_own_account_only(accounts):
    platform = Platform(accounts, read_cache_seconds=0)
    async with serving(platform.settings, platform.stripe) as served:
        handle = served.service.live.handler.handle
        async with (
            served.stream(CHANGED, headers=platform.headers(ONE)) as one,
            served.stream(CHANGED, headers=platform.headers(OTHER)) as other,
        ):
            for account, name in ((OTHER, "newest of other"), (ONE, "newest of one")):
                await accounts.rest(account, "POST", f"/v1/customers/{AMARA}", name=name)
                await handle(await accounts.latest_event(account), "webhook")
            changes = [(await stream.result())["data"]["walletChanged"] for stream in (one, other)]
    assert [change["customer"] for change in changes] == [
        {"id": AMARA, "name": "newest of one"},
        {"id": AMARA, "name": "newest of other"},
    ]
    assert set(platform.called) >= {ONE, OTHER}


async def test_a_cursor_of_another_account_is_no_cursor(platform):
    query = "query($after: String) { customer { paymentMethods(first: 1, after: $after) { edges { cursor } } } }"
    cursor = (await platform.data(ONE, query))["customer"]["paymentMethods"]["edges"][0]["cursor"]
    assert (await platform.data(ONE, query, after=cursor))["customer"]["paymentMethods"]["edges"]
    answer = (await platform(OTHER, query, after=cursor)).json()
    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_writes_to_equal_wallets_of_two_accounts_do_not_wait_for_each_other(platform):
    attach = """mutation { attachPaymentMethod(input: {paymentMethodId: "pm_card_visa", onDuplicate: REJECT}) {
      errors { code } } }"""
    locks = platform.api.service.locks
    async with locks.hold(f"wallet:{ONE}/{AMARA}", deadline=None):
        assert (await asyncio.wait_for(platform.data(OTHER, attach), 5))["attachPaymentMethod"]["errors"] == []
        waiting = asyncio.ensure_future(platform.data(ONE, attach))
        await asyncio.sleep(0.05)
        assert not waiting.done()
    assert (await waiting)["attachPaymentMethod"]["errors"] == []


class TestLimits:
    """Limits that one account's callers have reached don't concern those of another account."""

    async def test_the_rate_of_a_caller(self, accounts):
        platform = Platform(accounts, rate_limit_caller="1/minute")
        codes = [(await platform(account, NAME)).status_code for account in (ONE, ONE, OTHER, OTHER, PLATFORM)]
        assert codes == [200, 429, 200, 429, 200]

    async def test_the_calls_per_second_of_an_account(self, accounts):
        platform = Platform(accounts, stripe_calls_per_second=1, stripe_max_wait=0.1, read_cache_seconds=0)
        answers = [(await platform(account, NAME)).json() for account in (ONE, ONE, OTHER, OTHER, PLATFORM)]
        codes = [one.get("errors", [{}])[0].get("extensions", {}).get("code") for one in answers]
        assert codes == [None, "OVERLOADED", None, "OVERLOADED", None]

    async def test_a_429_slows_down_its_own_account_only(self, accounts):
        platform = Platform(accounts, stripe_max_wait=0.1, read_cache_seconds=0)
        accounts.sandboxes[ONE].faults.add(Fault("rate_limit", times=3))
        await platform(ONE, NAME)
        await platform.data(OTHER, NAME)
        assert platform.called == {OTHER: 1}


class TestTelemetry:
    """Metrics and logs distinguish the accounts, with a bound on the number of labels."""

    @pytest.fixture
    def few_labels(self, monkeypatch):
        monkeypatch.setattr("serving.telemetry.metrics.account_metrics.MAX_ACCOUNTS", 1)

    async def test_metrics_by_account(self, few_labels, platform):
        for account in (ONE, OTHER, PLATFORM, ONE, UNLINKED):
            await platform(account, NAME)
        text = platform.api.service.metrics.expose("")[0].decode()
        found = {line for line in text.splitlines() if line.startswith("attache_account")}
        assert found == {
            f'attache_account_operations_total{{account="{ONE}",outcome="ok"}} 2.0',
            'attache_account_operations_total{account="other",outcome="ok"} 1.0',
            'attache_account_operations_total{account="other",outcome="error"} 1.0',
            f'attache_account_stripe_calls_total{{account="{ONE}",status="2xx"}} 2.0',
            'attache_account_stripe_calls_total{account="other",status="2xx"} 1.0',
            'attache_account_stripe_calls_total{account="other",status="403"} 1.0',
        }
        assert 'attache_operation_failures_total{reason="account_inaccessible"} 1.0' in text

    async def test_log_lines_name_the_account_and_distinguish_equal_callers(self, platform):
        with capture_logs() as events:
            for account in (ONE, OTHER, PLATFORM):
                await platform(account, NAME)
        lines = [event for event in events if event["event"] == "operation"]
        assert [line.get("account") for line in lines] == [ONE, OTHER, None]
        assert len({line["caller_id"] for line in lines}) == 3


async def test_a_service_of_an_account_has_no_access_to_another(platform):
    await platform.accounts.rest(OTHER, "POST", f"/v1/payment_methods/{MATEOS_CARD}/detach")
    query = f'{{ paymentMethod(id: "{MATEOS_CARD}") {{ customer {{ id }} }} }}'
    owners = [(await platform.data(account, query, service=True))["paymentMethod"] for account in (ONE, OTHER)]
    assert owners == [{"customer": {"id": MATEO}}, {"customer": None}]
