"""How many REST calls an operation makes, and which: the budget, row by row."""

import pytest

from quality.harness.wallets import (
    ACCOUNT,
    AMARA,
    AMARAS_DEFAULT,
    JENNY,
    JENNYS_CARD,
    MATEO,
    MATEOS_CARD,
    UNATTACHED_CARD,
)
from tests.resolvers.mutations.saving import Saving

METHOD = "GET /v1/payment_methods/:pm"
CUSTOMER = "GET /v1/customers/:cus"
PAGE = "GET /v1/customers/:cus/payment_methods"
SUBSCRIPTIONS = "GET /v1/subscriptions"
ATTACH = "POST /v1/payment_methods/:pm/attach"
DETACH = "POST /v1/payment_methods/:pm/detach"

ROWS = [
    ("a method", f'{{ paymentMethod(id: "{JENNYS_CARD}") {{ id card {{ last4 }} }} }}', [METHOD]),
    (
        "a method and its customer's id",
        f'{{ paymentMethod(id: "{JENNYS_CARD}") {{ customer {{ __typename id }} }} }}',
        [METHOD],
    ),
    (
        "a method and its customer",
        f'{{ paymentMethod(id: "{JENNYS_CARD}") {{ isDefault customer {{ email }} }} }}',
        [METHOD],
    ),
    (
        "a method, its customer and the customer's default",
        f"""{{ paymentMethod(id: "{AMARAS_DEFAULT}") {{
            customer {{ email defaultPaymentMethod {{ displayLabel isDefault customer {{ name }} }} }} }} }}""",
        [METHOD],
    ),
    ("a node", f'{{ node(id: "{JENNYS_CARD}") {{ id ... on PaymentMethod {{ isDefault }} }} }}', [METHOD]),
    ("a customer", f'{{ customer(id: "{AMARA}") {{ id }} }}', [CUSTOMER]),
    (
        "a customer and the default's id",
        f'{{ customer(id: "{AMARA}") {{ defaultPaymentMethod {{ id }} }} }}',
        [CUSTOMER],
    ),
    (
        "a customer and the default",
        f'{{ customer(id: "{AMARA}") {{ defaultPaymentMethod {{ displayLabel isDefault customer {{ email }} }} }} }}',
        [CUSTOMER],
    ),
    ("a page", f'{{ customer(id: "{AMARA}") {{ id paymentMethods {{ nodes {{ id }} }} }} }}', [PAGE]),
    (
        "a page with its methods' customer's id",
        f'{{ customer(id: "{AMARA}") {{ paymentMethods {{ nodes {{ customer {{ id }} }} }} }} }}',
        [PAGE],
    ),
    (
        "a page with isDefault on each",
        f'{{ customer(id: "{AMARA}") {{ paymentMethods(first: 100) {{ nodes {{ isDefault }} }} }} }}',
        [CUSTOMER, PAGE],
    ),
    (
        "a page with the customer on each",
        f"""{{ customer(id: "{AMARA}") {{ paymentMethods(first: 100) {{
            edges {{ node {{ isDefault customer {{ email }} }} }} }} }} }}""",
        [CUSTOMER, PAGE],
    ),
    (
        "the wallet screen",
        f"""{{ customer(id: "{AMARA}") {{ name defaultPaymentMethod {{ displayLabel }}
            paymentMethods(first: 10) {{ nodes {{ displayLabel isDefault }} }} }} }}""",
        [CUSTOMER, PAGE],
    ),
    (
        "one method under two aliases",
        f"""{{ a: paymentMethod(id: "{JENNYS_CARD}") {{ id }}
              b: paymentMethod(id: "{JENNYS_CARD}") {{ customer {{ email }} }} }}""",
        [METHOD],
    ),
    (
        "one customer at two places",
        f"""{{ a: customer(id: "{AMARA}") {{ email }} b: node(id: "{AMARA}") {{
            ... on Customer {{ defaultPaymentMethod {{ displayLabel }} }} }} }}""",
        [CUSTOMER],
    ),
    (
        "one page under two aliases",
        f"""{{ customer(id: "{AMARA}") {{ a: paymentMethods(first: 2) {{ nodes {{ id }} }}
            b: paymentMethods(first: 2) {{ nodes {{ displayLabel }} }} }} }}""",
        [PAGE],
    ),
    (
        "a page with the subscriptions of each",
        f"""{{ customer(id: "{AMARA}") {{ paymentMethods(first: 100) {{ nodes {{
            subscriptions {{ status paymentMethod {{ displayLabel isDefault }} }} }} }} }} }}""",
        [PAGE, SUBSCRIPTIONS],
    ),
    (
        "the subscriptions of a method",
        f'{{ paymentMethod(id: "{JENNYS_CARD}") {{ subscriptions {{ id }} }} }}',
        [METHOD, SUBSCRIPTIONS],
    ),
    (
        "two pages",
        f"""{{ customer(id: "{AMARA}") {{ cards: paymentMethods(type: CARD) {{ nodes {{ id }} }}
            banks: paymentMethods(type: US_BANK_ACCOUNT) {{ nodes {{ id }} }} }} }}""",
        [PAGE, PAGE],
    ),
    (
        "an attach",
        f"""mutation {{ attachPaymentMethod(input: {{paymentMethodId: "{UNATTACHED_CARD}", customerId: "{JENNY}"}}) {{
            paymentMethod {{ id card {{ last4 }} customer {{ id }} }} customer {{ id }} errors {{ code }} }} }}""",
        [ATTACH],
    ),
    (
        "an attach with the customer",
        f"""mutation {{ attachPaymentMethod(input: {{paymentMethodId: "{UNATTACHED_CARD}", customerId: "{JENNY}"}}) {{
            paymentMethod {{ isDefault customer {{ email }} }}
            customer {{ name defaultPaymentMethod {{ displayLabel }} }}
            errors {{ code }} }} }}""",
        [ATTACH],
    ),
    (
        "a detach",
        f"""mutation {{ detachPaymentMethod(input: {{paymentMethodId: "{JENNYS_CARD}"}}) {{
            paymentMethod {{ id isDefault customer {{ email }} }} detachedPaymentMethodId errors {{ code }} }} }}""",
        [DETACH],
    ),
    (
        "an attach as the default",
        f"""mutation {{ attachPaymentMethod(input: {{
            paymentMethodId: "{UNATTACHED_CARD}", customerId: "{JENNY}", setAsDefault: true}}) {{
            paymentMethod {{ isDefault }} customer {{ email defaultPaymentMethod {{ id }} }} errors {{ code }} }} }}""",
        [ATTACH, "POST /v1/customers/:cus"],
    ),
    (
        "an attach with a duplicate policy",
        f"""mutation {{ attachPaymentMethod(input: {{
            paymentMethodId: "{UNATTACHED_CARD}", customerId: "{MATEO}", onDuplicate: REJECT}}) {{
            paymentMethod {{ id }} errors {{ code }} }} }}""",
        [PAGE, ATTACH],
    ),
    (
        "a detach unless in use",
        f"""mutation {{ detachPaymentMethod(input: {{paymentMethodId: "{MATEOS_CARD}", unlessInUse: true}}) {{
            detachedPaymentMethodId errors {{ code }} }} }}""",
        [METHOD, "GET /v1/subscriptions", DETACH],
    ),
    (
        "an update",
        f"""mutation {{ updatePaymentMethod(input: {{paymentMethodId: "{JENNYS_CARD}", metadata: {{a: "1"}}}}) {{
            paymentMethod {{ metadata isDefault }} errors {{ code }} }} }}""",
        ["POST /v1/payment_methods/:pm"],
    ),
    (
        "a default",
        f"""mutation {{ setDefaultPaymentMethod(input: {{paymentMethodId: "{JENNYS_CARD}", customerId: "{JENNY}"}}) {{
            customer {{ email defaultPaymentMethod {{ displayLabel }} }} errors {{ code }} }} }}""",
        ["POST /v1/customers/:cus"],
    ),
    (
        "a SetupIntent made and confirmed",
        f"""mutation {{ createSetupIntent(input: {{
            customerId: "{JENNY}", paymentMethodId: "pm_card_visa", confirm: true}}) {{
            setupIntent {{ status customer {{ email }} paymentMethod {{ displayLabel isDefault }} }}
            errors {{ code }} }} }}""",
        ["POST /v1/setup_intents"],
    ),
    (
        "an attach as the default, then shown again",
        f"""mutation {{ attachPaymentMethod(input: {{paymentMethodId: "{UNATTACHED_CARD}", customerId: "{JENNY}"
            setAsDefault: true, allowRedisplay: ALWAYS}}) {{
            paymentMethod {{ isDefault allowRedisplay customer {{ email }} }}
            customer {{ email defaultPaymentMethod {{ displayLabel }} }} errors {{ code }} }} }}""",
        ["POST /v1/customers/:cus", "POST /v1/payment_methods/:pm", "POST /v1/payment_methods/:pm/attach"],
    ),
    (
        "a SetupIntent made and confirmed, then its method shown again",
        f"""mutation {{ createSetupIntent(input: {{
            customerId: "{JENNY}", paymentMethodId: "pm_card_visa", confirm: true, allowRedisplay: ALWAYS}}) {{
            setupIntent {{ status customer {{ email }} paymentMethod {{ displayLabel isDefault }} }}
            errors {{ code }} }} }}""",
        ["POST /v1/payment_methods/:pm", "POST /v1/setup_intents"],
    ),
    (
        "a SetupIntent with a mandate",
        f"""mutation {{ createSetupIntent(input: {{
            customerId: "{JENNY}", paymentMethodId: "pm_sepaDebit_success_de", confirm: true
            mandate: {{offline: {{acceptedAt: "2023-03-27T19:46:42Z"}}}}}}) {{
            setupIntent {{ mandate {{ status paymentMethod {{ displayLabel isDefault customer {{ email }} }} }} }}
            errors {{ code }} }} }}""",
        ["POST /v1/setup_intents"],
    ),
    (
        "an account's wallet",
        f'{{ paymentMethods(customerAccountId: "{ACCOUNT}") {{ nodes {{ id customer {{ id }} }} }} }}',
        ["GET /v1/payment_methods"],
    ),
    ("the viewer", "{ viewer { kind customer { id } } }", []),
    ("the schema itself", "{ __schema { queryType { name } } }", []),
]


@pytest.mark.parametrize(("query", "calls"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
async def test_budget(api, stripe, query, calls):
    await api.data(query)
    assert sorted(stripe.calls) == sorted(calls)


ONE_OF_EACH = (
    "paymentMethod { id isDefault } customer { email } movedSubscriptions { id paymentMethod { displayLabel } }"
)
DEFAULT = "POST /v1/customers/:cus"
MOVE = "POST /v1/subscriptions/:sub"
READ_INTENT = "GET /v1/setup_intents/:seti"

# With a subscription that names the existing card, which is the default: the input of completeSetupIntent, its calls.
COMPLETIONS = [
    ("", []),
    ("setAsDefault: true", [DEFAULT]),
    ("onDuplicate: REUSE_EXISTING", [PAGE, DETACH]),
    ("onDuplicate: REJECT", [PAGE, DETACH]),
    # The replaced one was the default, which moves to the new one.
    ("onDuplicate: REPLACE_EXISTING", [PAGE, DEFAULT, DETACH]),
    ("moveSubscriptions: REPLACED", [SUBSCRIPTIONS]),
    ("moveSubscriptions: REPLACED, setAsDefault: true", [SUBSCRIPTIONS, MOVE, DEFAULT]),
    ("moveSubscriptions: ALL", [SUBSCRIPTIONS, MOVE, MOVE]),
    (
        "moveSubscriptions: REPLACED, onDuplicate: REPLACE_EXISTING",
        [PAGE, SUBSCRIPTIONS, MOVE, DEFAULT, DETACH],
    ),
]


@pytest.mark.parametrize(("input", "calls"), COMPLETIONS)
@pytest.mark.parametrize("key", ["", 'idempotencyKey: "k"'])
async def test_budget_of_completing(api, stripe, sandbox, input, calls, key):
    saving = Saving(sandbox)
    _, existing = await saving.intent()
    await saving.set_default(existing)
    await saving.subscription(existing)
    intent, _ = await saving.intent()
    payload = f"{ONE_OF_EACH} setupIntent {{ status paymentMethod {{ id }} customer {{ id }} }} errors {{ code }}"
    if "REUSE" in input:  # Its detach may have changed the customer.
        payload = "paymentMethod { id } customer { id } errors { code }"
    await api.data(
        f'mutation {{ completeSetupIntent(input: {{setupIntentId: "{intent}" {input} {key}}}) {{ {payload} }} }}'
    )
    assert stripe.calls == [READ_INTENT, *calls]


@pytest.mark.parametrize(("which", "moved"), [("NONE", 0), ("REPLACED", 1), ("ALL", 2)])
async def test_budget_of_moving_subscriptions(api, stripe, sandbox, which, moved):
    saving = Saving(sandbox)
    await saving.subscription("pm_1S32t1LkdIwHu7ixMRbdWPyL")
    await saving.subscription("pm_1SjyJULkdIwHu7ixXR42HEkf")
    moves = [SUBSCRIPTIONS, *[MOVE] * moved] if moved else []
    given = f'customerId: "{MATEO}", moveSubscriptions: {which}'
    await api.data(f"""mutation {{ setDefaultPaymentMethod(input: {{paymentMethodId: "{MATEOS_CARD}", {given}}}) {{
        customer {{ email }} movedSubscriptions {{ id status }} errors {{ code }} }} }}""")
    assert stripe.calls == [*moves, DEFAULT]
    await saving.set_default("pm_1S32t1LkdIwHu7ixMRbdWPyL")
    stripe.clear()
    await api.data(f"""mutation {{ attachPaymentMethod(input: {{
        paymentMethodId: "pm_card_visa", setAsDefault: true, {given}}}) {{ {ONE_OF_EACH} errors {{ code }} }} }}""")
    assert [call for call in stripe.calls if call != MOVE] == [*moves[:1], ATTACH, DEFAULT]


FRAGMENTS = """
query Wallet($id: ID!, $withCustomer: Boolean!, $withoutDefault: Boolean!) {
  ...Screen
}
fragment Screen on Query {
  mine: node(id: $id) { ...Owner }
}
fragment Owner on Node {
  id
  ... on Customer {
    list: paymentMethods(first: 100) { ...Methods }
  }
}
fragment Methods on PaymentMethodConnection {
  entries: edges { at: cursor method: node { ...Method } }
}
fragment Method on PaymentMethod {
  label: displayLabel
  owner: customer { id ... @include(if: $withCustomer) { mail: email } }
  first: isDefault @skip(if: $withoutDefault)
}
"""


@pytest.mark.parametrize(
    ("with_customer", "without_default", "calls"),
    [
        (False, True, [PAGE]),
        (True, True, [CUSTOMER, PAGE]),
        (False, False, [CUSTOMER, PAGE]),
        (True, False, [CUSTOMER, PAGE]),
    ],
)
async def test_fragments_aliases_and_directives_change_nothing(api, stripe, with_customer, without_default, calls):
    data = await api.data(FRAGMENTS, id=AMARA, withCustomer=with_customer, withoutDefault=without_default)
    assert len(data["mine"]["list"]["entries"]) > 10
    assert sorted(stripe.calls) == calls


async def test_expansions_are_only_those_that_are_selected(api, stripe):
    await api.data(f'{{ paymentMethod(id: "{JENNYS_CARD}") {{ id }} }}')
    assert stripe.form() == {}
    await api.data(f'{{ paymentMethod(id: "{JENNYS_CARD}") {{ isDefault }} }}')
    assert stripe.form() == {"expand[0]": "customer"}


SIDE_BY_SIDE = {
    "a page and the customer": f'{{ customer(id: "{AMARA}") {{ name paymentMethods {{ nodes {{ isDefault }} }} }} }}',
    "isDefault on a page": f'{{ customer(id: "{AMARA}") {{ id paymentMethods {{ nodes {{ isDefault }} }} }} }}',
    "the customer on a page": f"""{{ customer(id: "{AMARA}") {{
        paymentMethods {{ nodes {{ customer {{ email }} }} }} }} }}""",
    "the customer's default on a page": f"""{{ customer(id: "{AMARA}") {{
        paymentMethods {{ edges {{ node {{ customer {{ defaultPaymentMethod {{ displayLabel }} }} }} }} }} }} }}""",
    "isDefault on a page of a node": f"""{{ node(id: "{AMARA}") {{
        ... on Customer {{ paymentMethods {{ nodes {{ isDefault }} }} }} }} }}""",
}


@pytest.mark.parametrize("query", SIDE_BY_SIDE.values(), ids=SIDE_BY_SIDE)
async def test_what_must_wait_for_nothing_runs_side_by_side(settings, sandbox, query):
    import asyncio

    import httpx

    from quality.harness.clients import Api, Recorder

    class Meeting(httpx.ASGITransport):
        """Answers only when two requests are there at once."""

        async def handle_async_request(self, request):
            arrived.append(request)
            if len(arrived) == 2:
                both.set()
            await asyncio.wait_for(both.wait(), 5)
            return await super().handle_async_request(request)

    arrived, both = [], asyncio.Event()
    async with Api(settings, Recorder(Meeting(app=sandbox))) as api:
        await api.data(query)
    assert len(arrived) == 2


async def test_an_account_s_page_brings_its_customer(api, stripe):
    await api.data(f"""{{ paymentMethods(customerAccountId: "{ACCOUNT}") {{
        nodes {{ isDefault customer {{ name defaultPaymentMethod {{ id }} }} }} }} }}""")
    assert stripe.calls == ["GET /v1/payment_methods"]


async def test_two_mutations_do_not_share_what_was_read_before(api, stripe):
    data = await api.data(
        f"""mutation {{
          attachPaymentMethod(input: {{paymentMethodId: "{UNATTACHED_CARD}", customerId: "{JENNY}"}}) {{
            customer {{ paymentMethods {{ nodes {{ id }} }} }} }}
          detachPaymentMethod(input: {{paymentMethodId: "{UNATTACHED_CARD}"}}) {{
            customer {{ paymentMethods {{ nodes {{ id }} }} }} }}
        }}"""
    )
    before = data["attachPaymentMethod"]["customer"]["paymentMethods"]["nodes"]
    after = data["detachPaymentMethod"]["customer"]["paymentMethods"]["nodes"]
    assert {"id": UNATTACHED_CARD} in before
    assert {"id": UNATTACHED_CARD} not in after


async def test_methods_of_several_customers_are_read_one_by_one(api, stripe):
    query = "query($ids: [ID!]!) { nodes(ids: $ids) { id ... on PaymentMethod { customer { email } } } }"
    data = await api.data(query, ids=[JENNYS_CARD, MATEOS_CARD])
    assert [node["customer"]["email"] for node in data["nodes"]]
    assert stripe.calls == [METHOD, METHOD]
