"""Accounts v2: a caller whose claim is an Account has the access of the customer that the Account represents."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from graphql import get_named_type

from app import schema
from quality.harness.builders import payment_method
from quality.harness.clients import Api, Recorder
from quality.harness.tokens import bearer
from quality.harness.wallets import ACCOUNT, AMARA, AMARAS_DEFAULT, MATEO, UNATTACHED_CARD
from sandbox import create_sandbox
from serving.settings.settings import Settings
from tests.resolvers.mutations.saving import PAYMENT, SETUP, Saving
from tests.service.test_ownership import READS, WRITES, everything
from tests.support.connected_accounts import comparable
from tests.support.served import serving

pytestmark = pytest.mark.usefixtures("shared_executors")

CORE = schema._schema
OWNER, CARD = "cus_TCFLqRqKHBr1NO", "pm_1SC12iLkdIwHu7ixFLzqb5Cq"
"""The customer that the Account represents, and its payment method."""

LIMITS = {"max_cost": 10**7, "max_aliases": 10**4, "max_document_tokens": 10**5}
METHODS = {"own": CARD, "other's": AMARAS_DEFAULT, "missing": "pm_none", "unattached": UNATTACHED_CARD}
CUSTOMERS = {"own": OWNER, "other's": AMARA, "missing": "cus_none"}
ACCOUNTS = {"missing": "acct_none"}
SAVED_BY = {"succeeded": SETUP, "paid": PAYMENT}
INTENTS = ("own", "other's", "missing", "no customer's")


class Asked:
    """The service, asked by the customer or by the Account that represents it."""

    def __init__(self, sandbox: Any, *, cached: bool = False) -> None:
        self.stripe = Recorder.over(sandbox)
        self.settings = Settings(**LIMITS, read_cache_seconds=600 if cached else 0)  # type: ignore[arg-type]
        self.api = Api(self.settings, self.stripe)

    async def __call__(self, claim: str | None, query: str, **variables: Any) -> httpx.Response:
        self.stripe.clear()
        headers = bearer(self.settings, customer=claim, service=claim is None)
        return await self.api.http.post("/graphql", json={"query": query, "variables": variables}, headers=headers)

    async def data(self, claim: str | None, query: str, **variables: Any) -> Any:
        answer = (await self(claim, query, **variables)).json()
        assert "errors" not in answer, answer
        return answer["data"]


@pytest.fixture
def ask(sandbox):
    return Asked(sandbox)


async def intents(sandbox: Any, path: str = "setup_intents", **more: str) -> Mapping[str, str]:
    transport = httpx.ASGITransport(app=sandbox)
    async with httpx.AsyncClient(transport=transport, base_url="http://x", auth=("sk_test_x", "")) as http:
        owners = {"own": {"customer": OWNER}, "other's": {"customer": AMARA}, "no customer's": {}}
        created = {owner: await http.post(f"/v1/{path}", data=form | more) for owner, form in owners.items()}
    return {**{owner: response.json()["id"] for owner, response in created.items()}, "missing": "none"}


async def ids_of(kind: str, sandbox: Any) -> Mapping[str, str]:
    if kind == "intent":
        return await intents(sandbox)
    if kind == "payment":
        return await intents(sandbox, "payment_intents", amount="1099", currency="usd")
    if kind in SAVED_BY:
        saving = Saving(sandbox, SAVED_BY[kind])
        return {owner: (await saving.intent(customer=id))[0] for owner, id in (("own", OWNER), ("other's", AMARA))}
    return {"method": METHODS, "customer": CUSTOMERS, "account": ACCOUNTS, "none": {"own": OWNER}}[kind]


@pytest.mark.parametrize("cached", [False, True])
@pytest.mark.parametrize("field", READS)
async def test_it_reads_what_the_customer_reads(sandbox, field, cached):
    """Of every field, for objects of every owner, cold and from the cache."""
    kind, selection, *_ = READS[field]
    arguments = selection[: selection.index("{")]
    variable = "($id: ID!)" if "$id" in arguments else ""
    found = everything(get_named_type(CORE.query_type.fields[field].type), 2)
    query = f"query{variable} {{ {arguments} {found} }}"
    for owner, id in (await ids_of(kind, sandbox)).items():
        alone, used = Asked(sandbox), Asked(sandbox, cached=cached)
        for claim in (OWNER, ACCOUNT, ACCOUNT) if cached else ():
            await used(claim, query, id=id)
        response = await used(ACCOUNT, query, id=id)
        assert comparable(response) == comparable(await alone(OWNER, query, id=id)), owner


@pytest.mark.parametrize("field", WRITES)
async def test_it_writes_what_the_customer_writes(field):
    """With the same payload, for objects of every owner, and with a replay."""
    kind, selection, *_ = WRITES[field]
    named = r", customerId: \$customer|customerId: \$id, "
    arguments = re.sub(named, "", selection.split(") {")[0].rstrip()[:-1].rstrip())
    variable = "($id: ID!)" if "$id" in arguments else ""
    found = everything(get_named_type(CORE.mutation_type.fields[field].type), 2)
    query = f'mutation{variable} {{ {arguments}, idempotencyKey: "k"}}) {found} }}'.replace("pm_card_visa", CARD)
    for owner in await ids_of(kind, create_sandbox()):
        outcomes = []
        for claim in (OWNER, ACCOUNT):
            sandbox = create_sandbox()
            ask, id = Asked(sandbox), (await ids_of(kind, sandbox))[owner]
            response = await ask(claim, query, id=id)
            ledger = len(sandbox.ledger.entries())
            again = await ask(claim, query, id=id)
            assert comparable(again) == comparable(response), (owner, claim)
            outcomes.append((comparable(response, is_saved=kind in SAVED_BY), ledger))
        assert outcomes[0] == outcomes[1], owner


async def test_a_key_of_the_customer_is_not_one_of_the_account(ask):
    query = f"""mutation {{ detachPaymentMethod(input: {{paymentMethodId: "{CARD}", idempotencyKey: "k"}}) {{
      errors {{ code }} }} }}"""
    await ask.data(OWNER, query)
    found = await ask.data(ACCOUNT, query)
    assert [error["code"] for error in found["detachPaymentMethod"]["errors"]] == ["NOT_FOUND"]


NAMING = {
    "attachPaymentMethod": f'paymentMethodId: "{UNATTACHED_CARD}"',
    "setDefaultPaymentMethod": f'paymentMethodId: "{CARD}"',
    "createSetupIntent": "",
    "createPaymentIntent": 'amount: 1099, currency: "usd"',
    "createEphemeralKey": 'stripeVersion: "2020-08-27"',
    "createCustomerSession": "components: {customerSheet: {}}",
}


def test_every_input_that_names_an_account_is_here():
    naming = {
        field
        for field, definition in CORE.mutation_type.fields.items()
        if "customerAccountId" in get_named_type(definition.args["input"].type).fields
    }
    assert naming == set(NAMING)


class TestNaming:
    """The Accounts and customers that each caller may name in a mutation."""

    @pytest.mark.parametrize("field", NAMING)
    @pytest.mark.parametrize(
        ("claim", "named", "code"),
        [
            (ACCOUNT, f'customerAccountId: "{ACCOUNT}"', None),
            (ACCOUNT, 'customerAccountId: "acct_none"', "FORBIDDEN"),
            (ACCOUNT, f'customerId: "{OWNER}"', "FORBIDDEN"),
            (ACCOUNT, f'customerId: "{ACCOUNT}"', "FORBIDDEN"),
            (AMARA, f'customerAccountId: "{ACCOUNT}"', "FORBIDDEN"),
            (OWNER, f'customerAccountId: "{ACCOUNT}"', "FORBIDDEN"),
            (MATEO, f'customerAccountId: "{ACCOUNT}"', "FORBIDDEN"),
            (None, f'customerAccountId: "{ACCOUNT}"', None),
            (None, 'customerAccountId: "acct_none"', "NOT_FOUND"),
            (None, f'customerAccountId: "{OWNER}"', "NOT_FOUND"),
            (None, f'customerAccountId: "{ACCOUNT}", customerId: "{OWNER}"', "INVALID_INPUT"),
        ],
    )
    async def test_an_account(self, ask, field, claim, named, code):
        query = f"mutation {{ {field}(input: {{{NAMING[field]} {named}}}) {{ errors {{ code path }} }} }}"
        answer = (await ask(claim, query)).json()
        if code == "FORBIDDEN" or (field == "createPaymentIntent" and claim is not None):
            assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
            assert not ask.stripe.calls
            return
        errors = answer["data"][field]["errors"]
        path = ["input", "customerAccountId"]
        assert errors == ([] if code is None else [{"code": code, "path": path}])

    async def test_the_default_of_an_account(self, ask):
        query = f"""mutation {{ setDefaultPaymentMethod(input: {{
          customerAccountId: "{ACCOUNT}", paymentMethodId: "{CARD}"}}) {{
          customer {{ id customerAccount defaultPaymentMethod {{ id customerAccount }} }} errors {{ code }} }} }}"""
        found = (await ask.data(None, query))["setDefaultPaymentMethod"]
        assert found == {
            "customer": {
                "id": OWNER,
                "customerAccount": ACCOUNT,
                "defaultPaymentMethod": {"id": CARD, "customerAccount": ACCOUNT},
            },
            "errors": [],
        }
        assert ask.stripe.calls == ["POST /v1/customers/:acct"]

    async def test_a_setup_intent_of_an_account(self, ask):
        query = f"""mutation {{ createSetupIntent(input: {{customerAccountId: "{ACCOUNT}"}}) {{
          setupIntent {{ customerAccount customer {{ id }} }} errors {{ code }} }} }}"""
        found = (await ask.data(None, query))["createSetupIntent"]["setupIntent"]
        assert found == {"customerAccount": ACCOUNT, "customer": {"id": OWNER}}
        assert ask.stripe.form()["customer_account"] == ACCOUNT

    async def test_attached_and_made_the_default(self, ask):
        query = f"""mutation {{ attachPaymentMethod(input: {{
          customerAccountId: "{ACCOUNT}", paymentMethodId: "pm_card_visa", setAsDefault: true}}) {{
          paymentMethod {{ isDefault customerAccount }} errors {{ code }} }} }}"""
        found = (await ask.data(None, query))["attachPaymentMethod"]
        assert found == {"paymentMethod": {"isDefault": True, "customerAccount": ACCOUNT}, "errors": []}


ONE = "GET /v1/customers/:acct"
PAGE = f"{ONE}/payment_methods"
METHOD = f"{PAGE}/:pm"
SUBSCRIPTIONS = "GET /v1/subscriptions"
BUDGET = [
    ("a method", f'{{ paymentMethod(id: "{CARD}") {{ isDefault customer {{ email }} }} }}', [METHOD]),
    ("the customer and the default", "{ customer { id defaultPaymentMethod { isDefault } } }", [ONE]),
    ("a page", "{ customer { paymentMethods { nodes { id customer { id } } } } }", [PAGE]),
    ("a page and the customer's id", "{ customer { id paymentMethods { nodes { id } } } }", [ONE, PAGE]),
    (
        "the wallet screen",
        "{ customer { id name paymentMethods { nodes { isDefault customer { email phone } } } } }",
        [ONE, PAGE],
    ),
    ("the customer by its own id", f'{{ node(id: "{OWNER}") {{ id }} }}', [ONE]),
    ("another customer", f'{{ node(id: "{AMARA}") {{ id }} }}', [ONE]),
    ("another Account", '{ node(id: "acct_none") { id } }', []),
    (
        "subscriptions",
        "{ customer { paymentMethods { nodes { subscriptions { id } } } } }",
        [PAGE, SUBSCRIPTIONS],
    ),
    (
        "detach unless in use",
        f"""mutation {{ detachPaymentMethod(input: {{paymentMethodId: "{CARD}", unlessInUse: true}}) {{
          errors {{ code }} }} }}""",
        [ONE, METHOD, SUBSCRIPTIONS, "POST /v1/payment_methods/:pm/detach"],
    ),
    (
        "detach with the customer's id",
        f"""mutation {{ detachPaymentMethod(input: {{paymentMethodId: "{CARD}"}}) {{
          customer {{ id }} errors {{ code }} }} }}""",
        [ONE, METHOD, "POST /v1/payment_methods/:pm/detach"],
    ),
    (
        "update",
        f"""mutation {{ updatePaymentMethod(input: {{
          paymentMethodId: "{CARD}", billingDetails: {{name: "x"}}}}) {{ errors {{ code }} }} }}""",
        [METHOD, "POST /v1/payment_methods/:pm"],
    ),
    (
        "set default",
        f"""mutation {{ setDefaultPaymentMethod(input: {{paymentMethodId: "{CARD}"}}) {{
          customer {{ id paymentMethods {{ nodes {{ id }} }} }} errors {{ code }} }} }}""",
        [PAGE, "POST /v1/customers/:acct"],
    ),
]


@pytest.mark.parametrize(("query", "calls"), [row[1:] for row in BUDGET], ids=[row[0] for row in BUDGET])
async def test_the_calls_of_an_account(ask, query, calls):
    await ask.data(ACCOUNT, query)
    assert sorted(ask.stripe.calls) == sorted(calls)
    for request in ask.stripe.requests:
        if request.url.path == "/v1/subscriptions":
            assert request.url.params["customer_account"] == ACCOUNT


async def test_an_account_s_subscribers_get_its_changes(sandbox):
    query = "subscription { walletChanged { kind customer { id customerAccount } paymentMethod { id } } }"
    stripe, settings = Recorder.over(sandbox), Settings(read_cache_seconds=0)
    headers = bearer(settings, customer=ACCOUNT)
    async with serving(settings, stripe) as served, served.stream(query, headers=headers) as stream:
        await served.publish(AMARA, method=AMARAS_DEFAULT)
        await served.publish(ACCOUNT, method=AMARAS_DEFAULT)
        await served.publish(ACCOUNT, method=CARD)
        changes = [(await stream.result())["data"]["walletChanged"] for _ in range(2)]
    customer = {"id": OWNER, "customerAccount": ACCOUNT}
    kind = "PAYMENT_METHOD_UPDATED"
    assert changes == [
        {"kind": kind, "customer": customer, "paymentMethod": None},
        {"kind": kind, "customer": customer, "paymentMethod": {"id": CARD}},
    ]


async def test_a_write_evicts_the_reads_of_the_account_and_of_its_customer(sandbox):
    ask = Asked(sandbox, cached=True)
    query = "{ customer { paymentMethods { nodes { billingDetails { name } } } } }"
    for claim in (OWNER, ACCOUNT) * 3:
        await ask.data(claim, query)
    assert not ask.stripe.calls
    update = f"""mutation {{ updatePaymentMethod(input: {{
      paymentMethodId: "{CARD}", billingDetails: {{name: "new"}}}}) {{ errors {{ code }} }} }}"""
    for claim in (OWNER, ACCOUNT):
        await ask.data(claim, update.replace("new", f"new by {claim}"))
        for reader in (OWNER, ACCOUNT):
            assert f"new by {claim}" in str(await ask.data(reader, query))


class TestServices:
    """Services read an Account's customer by the Account's id."""

    @pytest.mark.parametrize(
        ("query", "calls"),
        [
            (f'customer(id: "{ACCOUNT}") {{ id customerAccount }}', [ONE]),
            (f'node(id: "{ACCOUNT}") {{ id ... on Customer {{ customerAccount }} }}', [ONE]),
            (
                f'customer(id: "{ACCOUNT}") {{ id customerAccount paymentMethods {{ nodes {{ isDefault }} }} }}',
                [ONE, PAGE],
            ),
        ],
    )
    async def test_the_customer_by_the_account(self, ask, query, calls):
        (found,) = (await ask.data(None, f"{{ {query} }}")).values()
        assert (found["id"], found["customerAccount"]) == (OWNER, ACCOUNT)
        assert sorted(ask.stripe.calls) == calls

    async def test_a_method_of_an_account_without_a_customer_is_in_use(self):
        method = payment_method("pm_1", customer_account="acct_1")
        customer = {"id": "cus_1", "object": "customer", "customer_account": "acct_1"}
        subscription = {"id": "sub_1", "status": "active", "default_payment_method": "pm_1"}
        bodies = {
            "/v1/payment_methods/pm_1": method,
            "/v1/customers/acct_1": {**customer, "invoice_settings": {"default_payment_method": "pm_1"}},
            "/v1/subscriptions": {"object": "list", "data": [subscription], "has_more": False},
        }
        ask = Asked(None)
        stripe = Recorder(httpx.MockTransport(lambda request: httpx.Response(200, json=bodies[request.url.path])))
        ask.api, ask.stripe = Api(ask.settings, stripe), stripe
        query = """mutation { detachPaymentMethod(input: {paymentMethodId: "pm_1", unlessInUse: true}) {
          errors { code ... on PaymentMethodInUseError { isDefault activeSubscriptionCount } } } }"""
        found = (await ask.data(None, query))["detachPaymentMethod"]
        assert found["errors"] == [{"code": "IN_USE", "isDefault": True, "activeSubscriptionCount": 1}]
        assert sorted(stripe.calls) == [ONE, "GET /v1/payment_methods/:pm", SUBSCRIPTIONS]
