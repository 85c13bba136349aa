"""Ownership: every root field and edge, for objects of every owner, by every kind of caller."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx
import pytest
from graphql import GraphQLInterfaceType, GraphQLObjectType, get_named_type, is_abstract_type, is_leaf_type

from app import schema
from changes.change import ChangeKind
from quality.harness.clients import Api, Recorder
from quality.harness.tokens import bearer
from quality.harness.wallets import (
    ACCOUNT,
    AMARA,
    AMARAS_BANK_ACCOUNT,
    CARD_OF_DELETED,
    DELETED,
    MATEO,
    MATEOS_CARD,
    UNATTACHED_CARD,
)
from serving.settings.settings import Settings
from tests.resolvers.mutations.saving import PAYMENT, Saving
from tests.support.served import serving

CORE = schema._schema
OWN_CARD = "pm_1S1q9jLkdIwHu7ixVHlgb90H"
ANOTHER_OWN_CARD = "pm_1S2AoTLkdIwHu7ixt7gvDpHc"
MATEOS_OTHER_CARD = "pm_1SjyJULkdIwHu7ixXR42HEkf"
SUBSCRIPTION = "sub_1SVk7pLkdIwHu7ixb3RfYw9u"
MATEOS_SUBSCRIPTION = "sub_1SWn4sLkdIwHu7ixK6eCzP1m"
SERVICE, CUSTOMER, ANONYMOUS, NO_TOKEN, BAD_TOKEN = "service", "customer", "anonymous", "no token", "bad token"

FOUND, NULL = "found", "null"
"""The results of a query; a mutation results in FOUND or an error code."""

METHODS_BY_OWNER = {
    "own": OWN_CARD,
    "other's": MATEOS_CARD,
    "missing": "pm_none",
    "deleted customer's": CARD_OF_DELETED,
    "unattached": UNATTACHED_CARD,
    "own, detached": ANOTHER_OWN_CARD,
    "other's, detached": MATEOS_OTHER_CARD,
}
CUSTOMERS_BY_OWNER = {"own": AMARA, "other's": MATEO, "missing": "cus_none", "deleted": DELETED}
INTENT_OWNERS = ("own", "other's", "missing", "no customer's")
ACCOUNTS_BY_OWNER = {"other's": ACCOUNT, "missing": "acct_none"}


def only(*owners: str, found: str = FOUND, otherwise: str = NULL) -> dict[str, str]:
    """FOUND for these owners, `otherwise` for all others."""
    return {**dict.fromkeys(ALL_OWNERS, otherwise), **dict.fromkeys(owners, found)}


ALL_OWNERS = {*METHODS_BY_OWNER, *CUSTOMERS_BY_OWNER, *INTENT_OWNERS}
EXISTING = tuple(ALL_OWNERS - {"missing"})

# For each root field: the kind of its id, the selection, and the results for a customer and a service, by owner.
READS: dict[str, tuple[str, str, dict[str, str], dict[str, str]]] = {
    "paymentMethod": ("method", "paymentMethod(id: $id) { id card { last4 } }", only("own"), only(*EXISTING)),
    "node": ("method", "node(id: $id) { id }", only("own"), only(*EXISTING)),
    "customer": ("customer", "customer(id: $id) { id email }", only("own"), only("own", "other's")),
    "setupIntent": ("intent", "setupIntent(id: $id) { id clientSecret }", only("own"), only(*EXISTING)),
    "paymentIntent": ("payment", "paymentIntent(id: $id) { id clientSecret }", only("own"), only(*EXISTING)),
    "paymentMethods": (
        "account",
        "paymentMethods(customerAccountId: $id) { nodes { id } }",
        only(),
        only("other's"),
    ),
    # Lists and the caller itself have tests of their own below.
    "nodes": ("method", "nodes(ids: [$id]) { id }", only("own"), only(*EXISTING)),
    "viewer": ("none", "viewer { kind }", only(*ALL_OWNERS), only(*ALL_OWNERS)),
}
REFUSED = only("own", otherwise="NOT_FOUND")
PRICE = 'amount: 1099, currency: "usd"'
WRITES: dict[str, tuple[str, str, dict[str, str], dict[str, str]]] = {
    "attachPaymentMethod": (
        "method",
        "attachPaymentMethod(input: {paymentMethodId: $id, customerId: $customer}) { paymentMethod { id } %s }",
        {
            **only("own", "unattached", otherwise="NOT_FOUND"),
            "own, detached": "NOT_REUSABLE",
            "other's, detached": "NOT_REUSABLE",
        },
        {
            **only("own", "unattached", otherwise="ALREADY_ATTACHED"),
            "missing": "NOT_FOUND",
            "own, detached": "NOT_REUSABLE",
            "other's, detached": "NOT_REUSABLE",
        },
    ),
    "detachPaymentMethod": (
        "method",
        "detachPaymentMethod(input: {paymentMethodId: $id}) { paymentMethod { id } %s }",
        REFUSED,
        {**only("own", "other's", "deleted customer's", otherwise="NOT_ATTACHED"), "missing": "NOT_FOUND"},
    ),
    "updatePaymentMethod": (
        "method",
        'updatePaymentMethod(input: {paymentMethodId: $id, billingDetails: {name: "x"}}) { paymentMethod { id } %s }',
        REFUSED,
        {**only("own", "other's", "deleted customer's", otherwise="NOT_ATTACHED"), "missing": "NOT_FOUND"},
    ),
    "setDefaultPaymentMethod": (
        "method",
        """setDefaultPaymentMethod(input: {paymentMethodId: $id, customerId: $customer}) {
          customer { id } previousDefault { id } %s }""",
        REFUSED,
        REFUSED,
    ),
    "createSetupIntent": (
        "method",
        """createSetupIntent(input: {paymentMethodId: $id, customerId: $customer}) {
          setupIntent { id paymentMethod { id card { last4 } } } %s }""",
        {
            **only("own", "unattached", otherwise="NOT_FOUND"),
            "own, detached": "NOT_REUSABLE",
            "other's, detached": "NOT_REUSABLE",
        },
        {
            **only("own", "unattached", otherwise="NOT_FOUND"),
            "own, detached": "NOT_REUSABLE",
            "other's, detached": "NOT_REUSABLE",
        },
    ),
    "confirmSetupIntent": (
        "intent",
        """confirmSetupIntent(
          input: {setupIntentId: $id, paymentMethodId: "pm_card_visa", returnUrl: "https://shop.example"}
        ) {
          setupIntent { id clientSecret } %s }""",
        REFUSED,
        only(*EXISTING, otherwise="NOT_FOUND"),
    ),
    "completeSetupIntent": (
        "succeeded",
        """completeSetupIntent(input: {setupIntentId: $id, setAsDefault: true, moveSubscriptions: ALL}) {
          setupIntent { id clientSecret } paymentMethod { id } %s }""",
        REFUSED,
        {**only("own", "other's", otherwise="NOT_FOUND"), "no customer's": "INVALID_INPUT"},
    ),
    "cancelSetupIntent": (
        "intent",
        "cancelSetupIntent(input: {setupIntentId: $id}) { setupIntent { id clientSecret } %s }",
        REFUSED,
        only(*EXISTING, otherwise="NOT_FOUND"),
    ),
    "createPaymentIntent": (
        "method",
        f"""createPaymentIntent(input: {{{PRICE}, paymentMethodId: $id, customerId: $customer}}) {{
          paymentIntent {{ id paymentMethod {{ id card {{ last4 }} }} }} %s }}""",
        only(otherwise="FORBIDDEN"),
        {
            **only("own", "unattached", otherwise="NOT_FOUND"),
            "own, detached": "NOT_REUSABLE",
            "other's, detached": "NOT_REUSABLE",
        },
    ),
    "confirmPaymentIntent": (
        "payment",
        """confirmPaymentIntent(
          input: {paymentIntentId: $id, paymentMethodId: "pm_card_visa", returnUrl: "https://shop.example"}
        ) {
          paymentIntent { id clientSecret } %s }""",
        REFUSED,
        only(*EXISTING, otherwise="NOT_FOUND"),
    ),
    "completePaymentIntent": (
        "paid",
        """completePaymentIntent(input: {paymentIntentId: $id, setAsDefault: true, moveSubscriptions: ALL}) {
          paymentIntent { id clientSecret } paymentMethod { id } %s }""",
        REFUSED,
        {**only("own", "other's", otherwise="NOT_FOUND"), "no customer's": "INVALID_INPUT"},
    ),
    "cancelPaymentIntent": (
        "payment",
        "cancelPaymentIntent(input: {paymentIntentId: $id}) { paymentIntent { id clientSecret } %s }",
        REFUSED,
        only(*EXISTING, otherwise="NOT_FOUND"),
    ),
    "verifyMicrodeposits": (
        "intent",
        "verifyMicrodeposits(input: {setupIntentId: $id, amounts: [32, 45]}) { setupIntent { id clientSecret } %s }",
        only("own", found="INVALID_STATE", otherwise="NOT_FOUND"),
        only(*EXISTING, found="INVALID_STATE", otherwise="NOT_FOUND"),
    ),
    "createCustomerSession": (
        "customer",
        """createCustomerSession(input: {customerId: $id, components: {customerSheet: {}}}) {
          customerSession { clientSecret customer { id email } } %s }""",
        only("own", otherwise="FORBIDDEN"),
        only("own", "other's", otherwise="NOT_FOUND"),
    ),
    "createEphemeralKey": (
        "customer",
        """createEphemeralKey(input: {customerId: $id, stripeVersion: "2020-08-27"}) {
          ephemeralKey { id secret json } %s }""",
        only("own", otherwise="FORBIDDEN"),
        only("own", "other's", otherwise="NOT_FOUND"),
    ),
}
ERRORS = "errors { __typename code message path }"


def test_every_root_field_is_in_the_matrix():
    assert set(READS) == set(CORE.query_type.fields)
    assert set(WRITES) == set(CORE.mutation_type.fields)


@pytest.fixture
async def scene(sandbox):
    """The sandbox with some methods detached, and SetupIntents of several customers; their ids by owner."""
    transport = httpx.ASGITransport(app=sandbox)
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox", auth=("sk_test_x", "")) as rest:
        for id in (ANOTHER_OWN_CARD, MATEOS_OTHER_CARD):
            assert (await rest.post(f"/v1/payment_methods/{id}/detach")).status_code == 200
        form = {"payment_method": MATEOS_CARD}
        token = (await rest.post("/v1/test_helpers/confirmation_tokens", data=form)).json()["id"]
        intents, payments = {}, {}
        for owner, customer in (("own", AMARA), ("other's", MATEO), ("no customer's", None)):
            form = {"customer": customer} if customer else {}
            intents[owner] = (await rest.post("/v1/setup_intents", data=form)).json()["id"]
            form |= {"amount": "1099", "currency": "usd", "setup_future_usage": "off_session"}
            payments[owner] = (await rest.post("/v1/payment_intents", data=form)).json()["id"]
    saving = Saving(sandbox)
    customers = {"own": AMARA, "other's": MATEO, "no customer's": None}
    succeeded = {owner: (await saving.intent(customer=customer))[0] for owner, customer in customers.items()}
    saving = Saving(sandbox, PAYMENT)
    paid = {owner: (await saving.intent(customer=customer))[0] for owner, customer in customers.items()}
    return {
        "method": METHODS_BY_OWNER,
        "customer": CUSTOMERS_BY_OWNER,
        "account": ACCOUNTS_BY_OWNER,
        "intent": {**intents, "missing": "seti_none"},
        "payment": {**payments, "missing": "pi_none"},
        "token": {"other's": token, "missing": "ctoken_none"},
        "succeeded": {**succeeded, "missing": "seti_none"},
        "paid": {**paid, "missing": "pi_none"},
        "none": {"own": AMARA},
    }


@pytest.fixture
async def mandates(sandbox):
    """The ids of mandates by owner. `detached` is for a payment method that its owner has detached."""
    transport = httpx.ASGITransport(app=sandbox)
    ids = {}
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox", auth=("sk_test_x", "")) as rest:
        for owner, customer in (("own", AMARA), ("other's", MATEO), ("detached", AMARA)):
            form = {
                "customer": customer,
                "payment_method": "pm_sepaDebit_success_de",
                "confirm": "true",
                "return_url": "https://shop.example",
                "mandate_data[customer_acceptance][type]": "offline",
            }
            intent = (await rest.post("/v1/setup_intents", data=form)).json()
            ids[owner] = intent["mandate"]
        await rest.post(f"/v1/payment_methods/{intent['payment_method']}/detach")
    return {**ids, "missing": "mandate_none"}


class Asked:
    """The service asked by one kind of caller."""

    def __init__(self, settings: Any, sandbox: Any) -> None:
        self.stripe = Recorder.over(sandbox)
        self.api = Api(settings, self.stripe)
        self._settings = settings

    def headers(self, caller: str) -> dict[str, str]:
        if caller == SERVICE:
            return bearer(self._settings, service=True)
        if caller == CUSTOMER:
            return bearer(self._settings, customer=AMARA)
        return {"Authorization": "Bearer nonsense"} if caller == BAD_TOKEN else {}

    async def __call__(self, caller: str, query: str, **variables: Any) -> httpx.Response:
        self.stripe.clear()
        body = {"query": query, "variables": variables}
        return await self.api.http.post("/graphql", json=body, headers=self.headers(caller))


@pytest.fixture
async def ask(settings, sandbox):
    asked = Asked(settings, sandbox)
    async with asked.api:
        yield asked


OWNERS_OF = {
    "method": tuple(METHODS_BY_OWNER),
    "customer": tuple(CUSTOMERS_BY_OWNER),
    "account": tuple(ACCOUNTS_BY_OWNER),
    "intent": INTENT_OWNERS,
    "payment": INTENT_OWNERS,
    "succeeded": INTENT_OWNERS,
    "paid": INTENT_OWNERS,
    "none": ("own",),
}
READ_ROWS = [(field, owner) for field in READS for owner in OWNERS_OF[READS[field][0]]]
WRITE_ROWS = [(field, owner) for field in WRITES for owner in OWNERS_OF[WRITES[field][0]]]


def result(answer: dict[str, Any], field: str) -> str:
    """The result that a caller can see in a response."""
    if "errors" in answer:
        return answer["errors"][0]["extensions"]["code"]
    value = answer["data"][field]
    value = value[0] if isinstance(value, list) else value
    if value is None:
        return NULL
    return value["errors"][0]["code"] if value.get("errors") else FOUND


@pytest.mark.parametrize("caller", [CUSTOMER, SERVICE, ANONYMOUS])
@pytest.mark.parametrize(("field", "owner"), READ_ROWS)
async def test_reads(ask, scene, field, owner, caller):
    kind, selection, customers, services = READS[field]
    variable = "($id: ID!)" if "$id" in selection else ""
    response = await ask(caller, f"query{variable} {{ {selection} }}", id=scene[kind][owner])
    expected = customers if caller == CUSTOMER else services
    assert result(response.json(), field) == expected[owner]


METHOD_WITH_REFERENCES = "{ id ... on PaymentMethod { isDefault customer { email defaultPaymentMethod { id } } } }"
WITH_REFERENCES = {
    "paymentMethod": f"paymentMethod(id: $id) {METHOD_WITH_REFERENCES}",
    "node": f"node(id: $id) {METHOD_WITH_REFERENCES}",
    "nodes": f"nodes(ids: [$id]) {METHOD_WITH_REFERENCES}",
    "customer": "customer(id: $id) { id defaultPaymentMethod { id } paymentMethods { nodes { id isDefault } } }",
    "paymentMethods": f"paymentMethods(customerAccountId: $id) {{ nodes {METHOD_WITH_REFERENCES} }}",
}
"""Selections for which Stripe expands other objects."""


@pytest.fixture
async def ask_cached(sandbox):
    asked = Asked(Settings(read_cache_seconds=600), sandbox)
    async with asked.api:
        yield asked


@pytest.mark.parametrize("caller", [CUSTOMER, SERVICE, ANONYMOUS])
@pytest.mark.parametrize("warmed_by", [None, CUSTOMER, SERVICE])
@pytest.mark.parametrize("field", [field for field in READS if field != "viewer"])
async def test_reads_with_the_read_cache(ask_cached, ask, scene, field, caller, warmed_by):
    """The read cache and remembered results change no result, with any caller that has filled them."""
    kind, selection, customers, services = READS[field]
    expected = customers if caller == CUSTOMER else services
    queries = [f"query($id: ID!) {{ {one} }}" for one in (selection, WITH_REFERENCES.get(field, selection))]
    ids = {owner: scene[kind][owner] for owner in OWNERS_OF[kind]}
    # What is not indexed yet is cached by the second read. The third one makes the result remembered.
    for query in queries * 3 if warmed_by is not None else ():
        for id in ids.values():
            await ask_cached(warmed_by, query, id=id)
    for query in queries:
        for owner, id in ids.items():
            response = await ask_cached(caller, query, id=id)
            assert result(response.json(), field) == expected[owner]
            assert response.json() == (await ask(caller, query, id=id)).json()
    if warmed_by == caller and FOUND in expected.values() and kind not in ("intent", "payment"):
        assert ask_cached.api.service.read_cache.counts.hits
        assert ask_cached.api.service.results.uses


@pytest.mark.parametrize("caller", [CUSTOMER, SERVICE, ANONYMOUS])
@pytest.mark.parametrize(("field", "owner"), WRITE_ROWS)
async def test_writes(ask, scene, sandbox, field, owner, caller):
    kind, selection, customers, services = WRITES[field]
    before = len(sandbox.ledger.entries())
    response = await ask(caller, _mutation(selection), id=scene[kind][owner], customer=AMARA)
    expected = (customers if caller == CUSTOMER else services)[owner]
    assert result(response.json(), field) == expected
    if expected != FOUND:
        assert len(sandbox.ledger.entries()) == before


def _mutation(selection: str) -> str:
    customer = ", $customer: ID" if "$customer" in selection else ""
    return f"mutation($id: ID!{customer}) {{ {selection % ERRORS} }}"


def places():
    """Every argument, and every member of an input, that takes an id: its field and its name."""
    for root in (CORE.query_type, CORE.mutation_type):
        for field, definition in root.fields.items():
            arguments = definition.args
            if root is CORE.mutation_type:
                arguments = get_named_type(arguments["input"].type).fields
            yield from ((field, name) for name, one in arguments.items() if get_named_type(one.type).name == "ID")


# A ConfirmationToken has no owner. The one here has another customer's payment method.
# For each place: the kind of its ids, and the arguments with which it is asked besides the id itself.
ASKED: dict[tuple[str, str], tuple[str, list[str]]] = {
    ("node", "id"): ("method", ["id: $id"]),
    ("nodes", "ids"): ("method", ["ids: [$id]", "ids: [$id, $own]", f'ids: [$id, "{MATEO}", "x"]']),
    ("customer", "id"): ("customer", ["id: $id"]),
    ("paymentMethod", "id"): ("method", ["id: $id"]),
    ("setupIntent", "id"): ("intent", ["id: $id"]),
    ("paymentIntent", "id"): ("payment", ["id: $id"]),
    ("paymentMethods", "customerAccountId"): (
        "account",
        ["customerAccountId: $id", "customerAccountId: $id, first: 0"],
    ),
    ("attachPaymentMethod", "paymentMethodId"): (
        "method",
        ["", "setAsDefault: true", "onDuplicate: REJECT", "onDuplicate: REPLACE_EXISTING", f'customerId: "{AMARA}"'],
    ),
    ("attachPaymentMethod", "customerId"): ("customer", ["paymentMethodId: $own"]),
    ("attachPaymentMethod", "customerAccountId"): ("account", ["paymentMethodId: $own"]),
    ("detachPaymentMethod", "paymentMethodId"): ("method", ["", "unlessInUse: true"]),
    ("updatePaymentMethod", "paymentMethodId"): ("method", ["", "billingDetails: {phone: null}"]),
    ("setDefaultPaymentMethod", "paymentMethodId"): (
        "method",
        ["", f'customerId: "{AMARA}"', "moveSubscriptions: ALL", "moveSubscriptions: REPLACED"],
    ),
    ("setDefaultPaymentMethod", "customerId"): ("customer", ["paymentMethodId: $own"]),
    ("setDefaultPaymentMethod", "customerAccountId"): ("account", ["paymentMethodId: $own"]),
    ("createSetupIntent", "paymentMethodId"): (
        "method",
        ["", "confirm: true", 'confirm: true, returnUrl: "https://shop.example"'],
    ),
    ("createSetupIntent", "customerId"): ("customer", [""]),
    ("createSetupIntent", "customerAccountId"): ("account", [""]),
    ("confirmSetupIntent", "setupIntentId"): ("intent", ["", "paymentMethodId: $own"]),
    ("confirmSetupIntent", "paymentMethodId"): (
        "method",
        ["setupIntentId: $intent", 'setupIntentId: $intent, returnUrl: "https://shop.example"'],
    ),
    ("completeSetupIntent", "setupIntentId"): (
        "succeeded",
        ["", "setAsDefault: true", "onDuplicate: REPLACE_EXISTING", "moveSubscriptions: ALL"],
    ),
    ("cancelSetupIntent", "setupIntentId"): ("intent", [""]),
    ("createSetupIntent", "confirmationTokenId"): ("token", ['confirm: true, returnUrl: "https://shop.example"']),
    ("confirmSetupIntent", "confirmationTokenId"): (
        "token",
        ['setupIntentId: $intent, returnUrl: "https://shop.example"'],
    ),
    ("createPaymentIntent", "paymentMethodId"): ("method", [PRICE]),
    ("createPaymentIntent", "customerId"): ("customer", [PRICE]),
    ("createPaymentIntent", "customerAccountId"): ("account", [PRICE]),
    ("createPaymentIntent", "confirmationTokenId"): ("token", [PRICE]),
    ("confirmPaymentIntent", "paymentIntentId"): ("payment", ["", "paymentMethodId: $own"]),
    ("confirmPaymentIntent", "paymentMethodId"): (
        "method",
        ["paymentIntentId: $payment", 'paymentIntentId: $payment, returnUrl: "https://shop.example"'],
    ),
    ("confirmPaymentIntent", "confirmationTokenId"): (
        "token",
        ['paymentIntentId: $payment, returnUrl: "https://shop.example"'],
    ),
    ("completePaymentIntent", "paymentIntentId"): (
        "paid",
        ["", "setAsDefault: true", "onDuplicate: REPLACE_EXISTING", "moveSubscriptions: ALL"],
    ),
    ("cancelPaymentIntent", "paymentIntentId"): ("payment", [""]),
    ("verifyMicrodeposits", "setupIntentId"): ("intent", ["amounts: [32, 45]", 'descriptorCode: "SM11AA"']),
    ("createCustomerSession", "customerId"): ("customer", ["components: {paymentElement: {}}"]),
    ("createCustomerSession", "customerAccountId"): ("account", ["components: {customerSheet: {}}"]),
    ("createEphemeralKey", "customerId"): ("customer", ['stripeVersion: "2020-08-27"']),
    ("createEphemeralKey", "customerAccountId"): ("account", ['stripeVersion: "2020-08-27"']),
}
ASKED_ROWS = [
    (field, name, more, key)
    for (field, name), (_, variants) in ASKED.items()
    for more in variants
    # A customer never creates a payment, so it has used no key for it.
    for key in (
        (None,) if field in READS else (None, "new") if field == "createPaymentIntent" else (None, "new", "used")
    )
]

OF_THEIR_OWN = {
    "attachPaymentMethod": f'paymentMethodId: "{OWN_CARD}"',
    "detachPaymentMethod": f'paymentMethodId: "{AMARAS_BANK_ACCOUNT}"',
    "updatePaymentMethod": f'paymentMethodId: "{OWN_CARD}"',
    "setDefaultPaymentMethod": f'paymentMethodId: "{OWN_CARD}", moveSubscriptions: ALL',
    "createSetupIntent": f'paymentMethodId: "{OWN_CARD}"',
    "confirmSetupIntent": f'setupIntentId: $intent, paymentMethodId: "{OWN_CARD}", returnUrl: "https://shop.example"',
    "completeSetupIntent": "setupIntentId: $succeeded, setAsDefault: true",
    "cancelSetupIntent": "setupIntentId: $intent",
    "verifyMicrodeposits": "setupIntentId: $intent, amounts: [32, 45]",
    "createCustomerSession": "components: {customerSheet: {}}",
    "createEphemeralKey": 'stripeVersion: "2020-08-27"',
    "confirmPaymentIntent": f'paymentIntentId: $payment, paymentMethodId: "{OWN_CARD}", returnUrl: "https://shop.example"',
    "completePaymentIntent": "paymentIntentId: $paid, setAsDefault: true",
    "cancelPaymentIntent": "paymentIntentId: $payment",
}
"""The first use of an idempotency key by a customer, before its reuse."""

ALIKE = {
    "method": ("other's", "other's, detached", "unattached", "deleted customer's"),
    "customer": ("other's", "deleted"),
    "account": ("other's",),
    "intent": ("other's", "no customer's"),
    "payment": ("other's", "no customer's"),
    "token": ("other's",),
    "succeeded": ("other's", "no customer's"),
    "paid": ("other's", "no customer's"),
}
"""By kind, the owners whose objects look like a missing object."""
SAVES = ("attachPaymentMethod", "createSetupIntent", "confirmSetupIntent", "confirmPaymentIntent")
"""Mutations that may save an unattached method, and so reveal whether it exists."""


def everything(type_: Any, depth: int = 2, prefix: str = "") -> str:
    """A selection of every field, of objects as deep as said; each has an alias, so that members of unions agree."""
    if is_leaf_type(type_):
        return ""
    if is_abstract_type(type_):
        return " ".join(
            [
                "{ __typename",
                *(f"... on {one.name} {everything(one, depth, one.name)}" for one in CORE.get_possible_types(type_)),
                "}",
            ]
        )
    chosen = ["__typename"]
    for name, field in type_.fields.items():
        named = get_named_type(field.type)
        if is_leaf_type(named) or depth > 0:
            chosen.append(f"{prefix}_{name}: {name} {everything(named, depth - 1, prefix)}")
    return f"{{ {' '.join(chosen)} }}"


def whole(field: str, name: str, more: str, key: str) -> str:
    """The operation that asks a place for everything."""
    if field in READS:
        found = get_named_type(CORE.query_type.fields[field].type)
        return f"query($id: ID!) {{ {field}({more}) {everything(found, 1)} }}"
    payload = get_named_type(CORE.mutation_type.fields[field].type)
    given = ", ".join(filter(None, [f"{name}: $id", more, key]))
    return f"mutation($id: ID!) {{ {field}(input: {{{given}}}) {everything(payload, 1)} }}"


def test_every_place_that_takes_an_id_is_asked():
    assert set(places()) == set(ASKED)
    paged = {
        f"{type_.name}.{field}"
        for type_ in CORE.type_map.values()
        if isinstance(type_, GraphQLObjectType)
        for field, definition in type_.fields.items()
        if {"after", "before"} & set(definition.args)
    }
    assert paged == {"Customer.paymentMethods", "Query.paymentMethods"}


@pytest.fixture
def settings(settings):
    return settings.model_copy(update={"max_cost": 10**7, "max_aliases": 10**4, "max_document_tokens": 10**5})


@pytest.mark.parametrize(("field", "name", "more", "key"), ASKED_ROWS)
async def test_another_s_is_as_if_it_did_not_exist(ask, scene, field, name, more, key):
    """In the response with all of its fields, in its status and headers, and in the REST calls."""
    kind = ASKED[field, name][0]
    more = more.replace("$own", f'"{OWN_CARD}"').replace("$intent", f'"{scene["intent"]["own"]}"')
    more = more.replace("$payment", f'"{scene["payment"]["own"]}"')
    if key == "used":
        own = OF_THEIR_OWN[field].replace("$intent", f'"{scene["intent"]["own"]}"')
        own = own.replace("$succeeded", f'"{scene["succeeded"]["own"]}"')
        own = own.replace("$paid", f'"{scene["paid"]["own"]}"')
        own = own.replace("$payment", f'"{scene["payment"]["own"]}"')
        await ask(CUSTOMER, f'mutation {{ {field}(input: {{{own}, idempotencyKey: "used"}}) {{ {ERRORS} }} }}')
        assert ask.stripe.calls
    alike = ("other's", "deleted customer's") if kind == "method" and field in SAVES else ALIKE[kind]
    seen = {}
    for number, owner in enumerate(("missing", *alike)):
        given = {"used": 'idempotencyKey: "used"', "new": f'idempotencyKey: "new {number}"', None: ""}[key]
        response = await ask(CUSTOMER, whole(field, name, more, given), id=scene[kind][owner])
        body = re.sub("req_[A-Za-z0-9]+", "req", response.text.replace(scene[kind][owner], "id"))
        headers = {name: value for name, value in response.headers.items() if name != "date"}
        seen[owner] = (response.status_code, body, headers, ask.stripe.calls)
    assert seen == dict.fromkeys(seen, seen["missing"])
    assert '"GRAPHQL' not in seen["missing"][1]


PAGED = [
    "customer { %s }",
    "customer { name %s }",
    "viewer { customer { %s } }",
    f'node(id: "{AMARA}") {{ ... on Customer {{ %s }} }}',
    f'nodes(ids: ["{AMARA}"]) {{ ... on Customer {{ id email %s }} }}',
    f'paymentMethod(id: "{OWN_CARD}") {{ customer {{ %s }} }}',
    "setupIntent(id: $intent) { customer { %s } }",
    "customer { defaultPaymentMethod { customer { %s } } }",
    f'customer(id: "{MATEO}") {{ %s }}',
    f'paymentMethod(id: "{MATEOS_CARD}") {{ customer {{ %s }} }}',
    f'paymentMethods(customerAccountId: "{ACCOUNT}", $page) {{ nodes {{ id }} }}',
]


@pytest.mark.parametrize("around", ["first: 2, after", "last: 2, before", "before", "first: 0, after"])
@pytest.mark.parametrize("path", PAGED)
async def test_a_cursor_does_not_tell_another_s_method_from_a_missing_one(ask, scene, path, around):
    list_ = f"paymentMethods($page) {{ {everything(CORE.get_type('PaymentMethodConnection'))[1:-1]} }}"
    query = path.replace("%s", list_).replace("$intent", f'"{scene["intent"]["own"]}"')
    seen = {}
    for owner in ("missing", "other's", "own", "other's, detached", "unattached"):
        page = f"{around}: $cursor"
        text = f"query($cursor: String!) {{ {query.replace('$page', page)} }}"
        response = await ask(CUSTOMER, text, cursor=METHODS_BY_OWNER[owner])
        seen[owner] = (response.status_code, response.text, ask.stripe.calls)
    assert seen == dict.fromkeys(seen, seen["missing"])
    assert not any(call.endswith("/payment_methods") for call in ask.stripe.calls)


@pytest.mark.parametrize("caller", [NO_TOKEN, BAD_TOKEN])
@pytest.mark.parametrize("field", [*READS, *WRITES])
async def test_without_a_valid_token_there_is_no_data_and_no_call(settings, sandbox, scene, field, caller):
    kind, selection, *_ = READS.get(field) or WRITES[field]
    if field in WRITES:
        query = _mutation(selection)
    else:
        query = f"query{'($id: ID!)' if '$id' in selection else ''} {{ {selection} }}"
    asked = Asked(settings.model_copy(update={"allow_anonymous": False}), sandbox)
    response = await asked(caller, query, id=scene[kind]["other's" if kind == "account" else "own"], customer=AMARA)
    assert response.status_code == 401
    assert response.headers["www-authenticate"].startswith("Bearer")
    body = response.json()
    assert "data" not in body
    assert body["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}
    assert asked.stripe.calls == []


class TestNamingAnother:
    """A customer who names another customer in a mutation is refused, with the same error for any customer."""

    NAMED = {  # noqa: RUF012
        "attachPaymentMethod": f'{{paymentMethodId: "{UNATTACHED_CARD}", customerId: $other}}',
        "setDefaultPaymentMethod": "{customerId: $other, paymentMethodId: null}",
        "createSetupIntent": "{customerId: $other}",
        "createCustomerSession": "{customerId: $other, components: {customerSheet: {}}}",
        "createEphemeralKey": '{customerId: $other, stripeVersion: "2020-08-27"}',
        "createPaymentIntent": f"{{{PRICE}, customerId: $other}}",
    }

    def test_every_input_that_names_a_customer_is_here(self):
        naming = {
            field
            for field, definition in CORE.mutation_type.fields.items()
            if "customerId" in get_named_type(definition.args["input"].type).fields
        }
        assert naming == set(self.NAMED)

    @pytest.mark.parametrize("other", [MATEO, "cus_none", DELETED, "../x"])
    @pytest.mark.parametrize("field", NAMED)
    async def test_it_is_forbidden(self, ask, field, other):
        query = f"mutation($other: ID) {{ {field}(input: {self.NAMED[field]}) {{ errors {{ code }} }} }}"
        answer = (await ask(CUSTOMER, query, other=other)).json()
        assert answer["data"] == {field: None}
        assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
        assert ask.stripe.calls == []

    @pytest.mark.parametrize("own", [AMARA, None])
    @pytest.mark.parametrize("field", [field for field in NAMED if field != "createPaymentIntent"])
    async def test_oneself_is_harmless(self, ask, field, own):
        query = f"mutation($other: ID) {{ {field}(input: {self.NAMED[field]}) {{ errors {{ code }} }} }}"
        answer = (await ask(CUSTOMER, query, other=own)).json()
        assert answer == {"data": {field: {"errors": []}}}

    async def test_an_account_is_forbidden_too(self, ask):
        query = """mutation($id: ID!, $account: ID!) { attachPaymentMethod(
          input: {paymentMethodId: $id, customerAccountId: $account}) { errors { code } } }"""
        answer = (await ask(CUSTOMER, query, id=UNATTACHED_CARD, account=ACCOUNT)).json()
        assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
        assert ask.stripe.calls == []


class TestEdges:
    """From what is one's own, no edge leads to anything else."""

    EDGES = {  # noqa: RUF012
        "PaymentMethod.customer",
        "Customer.defaultPaymentMethod",
        "Customer.paymentMethods",
        "CustomerSession.customer",
        "Mandate.paymentMethod",
        "SetupIntent.customer",
        "SetupIntent.mandate",
        "SetupIntent.paymentMethod",
        "PaymentIntent.customer",
        "PaymentIntent.paymentMethod",
        "PaymentMethod.subscriptions",
        "BillingSubscription.paymentMethod",
        "Viewer.customer",
        "WalletChange.customer",
        "WalletChange.paymentMethod",
    }

    def test_every_edge_is_known(self):
        nodes = {"PaymentMethod", "Customer", "SetupIntent", "PaymentIntent", "Mandate", "BillingSubscription"}
        nodes |= {"Viewer", "WalletChange", "CustomerSession"}
        targets = nodes | {"PaymentMethodConnection"}
        found = {
            f"{name}.{field}"
            for name in nodes
            for field, definition in CORE.get_type(name).fields.items()
            if get_named_type(definition.type).name in targets
        }
        assert found == self.EDGES
        kinds = (GraphQLObjectType, GraphQLInterfaceType)
        assert {
            type_.name for type_ in CORE.type_map.values() if isinstance(type_, kinds) and "id" in type_.fields
        } == {
            "Node",
            "PaymentMethod",
            "Customer",
            "SetupIntent",
            "PaymentIntent",
            "Mandate",
            "BillingSubscription",
            # A key, which no field finds by its id.
            "EphemeralKey",
            # A position in the stream of changes, which names no object.
            "WalletChange",
        }

    @pytest.mark.parametrize("caller", [CUSTOMER, SERVICE, ANONYMOUS])
    async def test_another_s_subscription_is_as_if_it_did_not_exist(self, ask, caller):
        query = f"query($id: ID!) {{ node(id: $id) {everything(CORE.get_type('BillingSubscription'))} }}"
        query = query.replace("{ __typename", "{ ... on BillingSubscription { __typename", 1) + " }"
        seen = {}
        for owner, id in {"own": SUBSCRIPTION, "other's": MATEOS_SUBSCRIPTION, "missing": "sub_none"}.items():
            answer = (await ask(caller, query, id=id)).json()
            assert "errors" not in answer
            seen[owner] = FOUND if answer["data"]["node"] else NULL
            if caller == CUSTOMER and owner != "own":
                assert answer == {"data": {"node": None}}
                assert ask.stripe.calls == ["GET /v1/subscriptions/:sub"]
        others = NULL if caller == CUSTOMER else FOUND
        assert seen == {"own": FOUND, "other's": others, "missing": NULL}

    @pytest.mark.parametrize("caller", [CUSTOMER, SERVICE, ANONYMOUS])
    async def test_another_s_mandate_is_as_if_it_did_not_exist(self, ask, mandates, caller):
        query = f"query($id: ID!) {{ node(id: $id) {everything(CORE.get_type('Mandate'))} }}"
        query = query.replace("{ __typename", "{ ... on Mandate { __typename", 1) + " }"
        seen = {}
        for owner, id in mandates.items():
            answer = (await ask(caller, query, id=id)).json()
            assert "errors" not in answer
            seen[owner] = FOUND if answer["data"]["node"] else NULL
            if caller == CUSTOMER and owner != "own":
                assert answer == {"data": {"node": None}}
                assert len(ask.stripe.calls) == 1
        others = NULL if caller == CUSTOMER else FOUND
        assert seen == {"own": FOUND, "other's": others, "detached": others, "missing": NULL}

    async def test_a_customer_s_subscriptions_are_one_s_own(self, ask):
        query = "{ customer { paymentMethods(first: 100) { nodes { subscriptions { id paymentMethod { id } } } } } }"
        answer = (await ask(CUSTOMER, query)).json()
        nodes = answer["data"]["customer"]["paymentMethods"]["nodes"]
        assert [one["id"] for node in nodes for one in node["subscriptions"]] == [SUBSCRIPTION]
        assert ask.stripe.calls[-1] == "GET /v1/subscriptions"
        assert ask.stripe.form()["customer"] == AMARA

    async def test_all_of_them_stay_at_home(self, ask, scene):
        query = """query($intent: ID!, $card: ID!) {
          viewer { subject kind customer { id paymentMethods(first: 100) { nodes { id customer { id } isDefault } } } }
          customer { id defaultPaymentMethod { id customer { id email } } paymentMethods { edges { node { id } } } }
          setupIntent(id: $intent) { customer { id email } paymentMethod { id } }
          paymentMethod(id: $card) { customer { id email paymentMethods { nodes { id } } } }
        }"""
        answer = (await ask(CUSTOMER, query, intent=scene["intent"]["own"], card=OWN_CARD)).json()
        assert "errors" not in answer
        assert answer["data"]["viewer"]["kind"] == "CUSTOMER"
        assert answer["data"]["viewer"]["subject"] == "someone"
        assert set(_customers(answer["data"])) == {AMARA}
        for request in ask.stripe.requests:
            assert AMARA in request.url.path or "/setup_intents/" in request.url.path

    async def test_a_list_of_ids_finds_one_s_own_among_others(self, ask, scene):
        ids = [OWN_CARD, MATEOS_CARD, AMARA, MATEO, scene["intent"]["own"], scene["intent"]["other's"], UNATTACHED_CARD]
        answer = (await ask(CUSTOMER, "query($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=ids)).json()
        own = {OWN_CARD, AMARA, scene["intent"]["own"]}
        assert answer["data"]["nodes"] == [{"id": id} if id in own else None for id in ids]

    async def test_one_s_own_methods_take_one_list(self, ask):
        answer = (await ask(CUSTOMER, "{ customer { paymentMethods(first: 100) { nodes { id } } } }")).json()
        ids = [node["id"] for node in answer["data"]["customer"]["paymentMethods"]["nodes"]]
        answer = (await ask(CUSTOMER, "query($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=ids)).json()
        assert [node["id"] for node in answer["data"]["nodes"]] == ids
        assert ask.stripe.calls == ["GET /v1/customers/:cus/payment_methods"]

    async def test_the_existing_one_of_a_duplicate_is_one_s_own(self, ask):
        query = """mutation { attachPaymentMethod(input: {paymentMethodId: "pm_card_visa_debit", onDuplicate: REJECT}) {
          errors { code ... on DuplicatePaymentMethodError { existing { id customer { id } } } } } }"""
        first = (await ask(CUSTOMER, query)).json()["data"]["attachPaymentMethod"]["errors"]
        second = (await ask(CUSTOMER, query)).json()["data"]["attachPaymentMethod"]["errors"]
        existing = (first or second)[0]["existing"]
        assert existing["customer"] == {"id": AMARA}


class TestChanges:
    """Subscribers get the changes of wallets that they may access, and from these only what a query would return."""

    PLACES = {"customerId": CUSTOMERS_BY_OWNER, "customerAccountId": ACCOUNTS_BY_OWNER}  # noqa: RUF012
    QUERY = f"""subscription($customerId: ID, $customerAccountId: ID) {{
      walletChanged(customerId: $customerId, customerAccountId: $customerAccountId)
      {everything(CORE.get_type("WalletChange"))} }}"""
    EDGES = """subscription($id: ID) { walletChanged(customerId: $id) {
      kind paymentMethodId paymentMethod { id customer { id email } } customer { id defaultPaymentMethod { id } } } }"""
    STREAM = {"Accept": "text/event-stream"}  # noqa: RUF012

    def test_every_subscription_and_every_place_that_takes_an_id_is_asked(self):
        assert set(CORE.subscription_type.fields) == {"walletChanged"}
        assert set(CORE.subscription_type.fields["walletChanged"].args) == set(self.PLACES)

    async def test_another_s_wallet_is_as_if_it_did_not_exist(self, ask):
        seen = set()
        wallets = [(place, id) for place, ids in self.PLACES.items() for owner, id in ids.items() if owner != "own"]
        for place, id in wallets:
            body = {"query": self.QUERY, "variables": {place: id}}
            headers = ask.headers(CUSTOMER) | self.STREAM
            response = await ask.api.http.post("/graphql", json=body, headers=headers)
            seen.add((response.status_code, response.text.replace(id, "id")))
        ((status, text),) = seen
        assert status == 200
        assert '"FORBIDDEN"' in text
        assert '"data"' not in text
        assert ask.stripe.calls == []

    @pytest.mark.parametrize("caller", [NO_TOKEN, BAD_TOKEN])
    async def test_without_a_valid_token_there_is_no_change_and_no_call(self, settings, sandbox, caller):
        asked = Asked(settings.model_copy(update={"allow_anonymous": False}), sandbox)
        body = {"query": self.QUERY, "variables": {"customerId": AMARA}}
        response = await asked.api.http.post("/graphql", json=body, headers=asked.headers(caller) | self.STREAM)
        assert response.status_code == 401
        assert response.json()["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}
        assert asked.stripe.calls == []

    @pytest.mark.parametrize("caller", [CUSTOMER, SERVICE, ANONYMOUS])
    async def test_a_change_leads_to_what_the_subscriber_may_access(self, settings, sandbox, scene, caller):
        asked = Asked(settings, sandbox)
        async with serving(settings, asked.stripe) as served:
            headers, variables = asked.headers(caller), {"id": AMARA}
            async with served.stream(self.EDGES, headers=headers, variables=variables) as stream:
                await served.publish(MATEO, ChangeKind.PAYMENT_METHOD_ATTACHED, OWN_CARD)
                for id in METHODS_BY_OWNER.values():
                    await served.publish(AMARA, method=id)
                changes = [(await stream.result())["data"]["walletChanged"] for _ in METHODS_BY_OWNER]
        assert [change["paymentMethodId"] for change in changes] == list(METHODS_BY_OWNER.values())
        assert {change["kind"] for change in changes} == {"PAYMENT_METHOD_UPDATED"}
        expected = only("own") if caller == CUSTOMER else only(*EXISTING)
        for owner, change in zip(METHODS_BY_OWNER, changes, strict=True):
            assert (FOUND if change["paymentMethod"] else NULL) == expected[owner], owner
            assert change["customer"]["id"] == AMARA
        if caller == CUSTOMER:
            assert set(_customers(changes)) == {AMARA}
            read = [request for request in asked.stripe.requests if request.url.path != "/v1/events"]
            assert all(AMARA in request.url.path for request in read)


NO_ID = ["../customers", "pm_1/../../customers", "%2e%2e", "pm_1?x", "pm 1", "ümlaut", "", ".", "..", "a..b", "x" * 256]


@pytest.mark.parametrize("caller", [CUSTOMER, SERVICE, ANONYMOUS])
@pytest.mark.parametrize("field", [field for field in READS if field != "viewer"])
async def test_what_is_no_id_names_nothing_and_takes_no_call(ask, field, caller):
    query = f"query($id: ID!) {{ {READS[field][1]} }}"
    for id in NO_ID:
        answer = (await ask(caller, query, id=id)).json()
        assert answer == {"data": {field: [None] if field == "nodes" else None}}, id
        assert ask.stripe.calls == [], id


WRITES_BY_ID = [
    "attachPaymentMethod(input: {paymentMethodId: $id, customerId: $customer}) { %s }",
    "attachPaymentMethod(input: {paymentMethodId: $id, customerId: $customer, onDuplicate: REJECT}) { %s }",
    "detachPaymentMethod(input: {paymentMethodId: $id}) { customer { id } %s }",
    "detachPaymentMethod(input: {paymentMethodId: $id, unlessInUse: true}) { %s }",
    "updatePaymentMethod(input: {paymentMethodId: $id, billingDetails: {phone: null}}) { %s }",
    "setDefaultPaymentMethod(input: {paymentMethodId: $id, customerId: $customer}) { previousDefault { id } %s }",
    "createSetupIntent(input: {paymentMethodId: $id, customerId: $customer}) { %s }",
    'confirmSetupIntent(input: {setupIntentId: "seti_1", paymentMethodId: $id}) { %s }',
    "confirmSetupIntent(input: {setupIntentId: $id}) { %s }",
    'confirmSetupIntent(input: {setupIntentId: "seti_1", confirmationTokenId: $id}) { %s }',
    "createSetupIntent(input: {confirmationTokenId: $id, confirm: true}) { %s }",
    "completeSetupIntent(input: {setupIntentId: $id}) { %s }",
    "setDefaultPaymentMethod(input: {paymentMethodId: $id, customerId: $customer, moveSubscriptions: ALL}) { %s }",
    "cancelSetupIntent(input: {setupIntentId: $id}) { %s }",
    "verifyMicrodeposits(input: {setupIntentId: $id, amounts: [32, 45]}) { %s }",
    'confirmPaymentIntent(input: {paymentIntentId: "pi_1", paymentMethodId: $id}) { %s }',
    "confirmPaymentIntent(input: {paymentIntentId: $id}) { %s }",
    "completePaymentIntent(input: {paymentIntentId: $id}) { %s }",
    "cancelPaymentIntent(input: {paymentIntentId: $id}) { %s }",
]


@pytest.mark.parametrize("caller", [CUSTOMER, SERVICE, ANONYMOUS])
@pytest.mark.parametrize("write", WRITES_BY_ID)
async def test_a_write_to_what_is_no_id_is_not_found_and_takes_no_call(ask, write, caller):
    for id in filter(None, NO_ID):
        answer = (await ask(caller, _mutation(write), id=id, customer=AMARA)).json()
        (payload,) = answer["data"].values()
        assert [error["code"] for error in payload["errors"]] == ["NOT_FOUND"], id
        assert payload["errors"][0]["path"] in [
            ["input", name] for name in ("paymentMethodId", "setupIntentId", "paymentIntentId", "confirmationTokenId")
        ]
        assert ask.stripe.calls == [], id


@pytest.mark.parametrize("field", ["customerId", "customerAccountId"])
async def test_a_write_for_what_is_no_customer_is_not_found_and_takes_no_call(ask, field):
    query = f"""mutation($id: ID!, $method: ID!) {{
      attachPaymentMethod(input: {{paymentMethodId: $method, {field}: $id, onDuplicate: REJECT}}) {{ {ERRORS} }} }}"""
    for id in filter(None, NO_ID):
        answer = (await ask(SERVICE, query, id=id, method=UNATTACHED_CARD)).json()
        (error,) = answer["data"]["attachPaymentMethod"]["errors"]
        assert (error["code"], error["path"]) == ("NOT_FOUND", ["input", field]), id
        assert ask.stripe.calls == [], id


def _customers(value: Any):
    if isinstance(value, dict):
        if isinstance(value.get("customer"), dict):
            yield value["customer"]["id"]
        for item in value.values():
            yield from _customers(item)
    elif isinstance(value, list):
        for item in value:
            yield from _customers(item)


class TestHidden:
    """fingerprint and metadata are for services, unless the operator opens them to customers."""

    QUERY = """query($id: ID!) { paymentMethod(id: $id) {
      metadata card { fingerprint } details { ... on Card { fingerprint } } customer { metadata } } }"""

    async def test_from_customers(self, ask):
        method = (await ask(CUSTOMER, self.QUERY, id=OWN_CARD)).json()["data"]["paymentMethod"]
        assert method == {
            "metadata": {},
            "card": {"fingerprint": None},
            "details": {"fingerprint": None},
            "customer": {"metadata": {}},
        }

    async def test_not_from_services(self, ask):
        method = (await ask(SERVICE, self.QUERY, id=OWN_CARD)).json()["data"]["paymentMethod"]
        assert method["card"]["fingerprint"]

    async def test_nor_where_it_is_opened(self, settings, sandbox):
        asked = Asked(settings.model_copy(update={"customer_sees": ("fingerprint",)}), sandbox)
        method = (await asked(CUSTOMER, self.QUERY, id=OWN_CARD)).json()["data"]["paymentMethod"]
        assert method["card"]["fingerprint"]
        assert method["metadata"] == {}

    async def test_nor_can_customers_write_what_they_can_not_read(self, ask):
        query = """mutation($id: ID!) { updatePaymentMethod(input: {paymentMethodId: $id, metadata: {a: "1"}}) {
          errors { code } } }"""
        answer = (await ask(CUSTOMER, query, id=OWN_CARD)).json()
        assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
        assert ask.stripe.calls == []

    async def test_nor_within_what_is_passed_on_as_it_is(self, settings):
        body = {
            "id": "pm_1",
            "object": "payment_method",
            "type": "telepathy",
            "telepathy": {"fingerprint": "marked", "inner": [{"fingerprint": "marked", "range": 3}]},
        }
        upstream = Recorder(httpx.MockTransport(lambda request: httpx.Response(200, content=json.dumps(body))))
        query = '{ paymentMethod(id: "pm_1") { details { ... on OtherPaymentMethodDetails { attributes } } } }'
        async with Api(settings, upstream) as api:
            headers = bearer(settings, customer=AMARA)
            response = await api.http.post("/graphql", json={"query": query}, headers=headers)
        assert response.json()["data"]["paymentMethod"]["details"]["attributes"] == {"inner": [{"range": 3}]}


class TestDetachAgain:
    """A customer's retry of a detach gets the first outcome, though the method has left the wallet."""

    QUERY = """mutation($id: ID!, $key: String) {
      detachPaymentMethod(input: {paymentMethodId: $id, idempotencyKey: $key}) {
        detachedPaymentMethodId customer { id } errors { code path } } }"""
    DONE = {"detachedPaymentMethodId": OWN_CARD, "customer": {"id": AMARA}, "errors": []}  # noqa: RUF012

    async def test_with_the_same_key(self, ask, sandbox):
        for _ in range(3):
            answer = (await ask(CUSTOMER, self.QUERY, id=OWN_CARD, key="k")).json()
            assert answer == {"data": {"detachPaymentMethod": self.DONE}}
        assert sandbox.ledger.operations(OWN_CARD) == ["payment_method.detached"]

    async def test_without_the_key_it_is_gone(self, ask):
        await ask(CUSTOMER, self.QUERY, id=OWN_CARD)
        for key in (None, "another"):
            answer = (await ask(CUSTOMER, self.QUERY, id=OWN_CARD, key=key)).json()
            assert answer["data"]["detachPaymentMethod"]["errors"][0]["code"] == "NOT_FOUND"

    @pytest.mark.parametrize("id", [MATEOS_CARD, UNATTACHED_CARD, "pm_none", CARD_OF_DELETED, MATEOS_OTHER_CARD])
    async def test_a_used_key_opens_nothing_else(self, ask, sandbox, scene, id):
        await ask(CUSTOMER, self.QUERY, id=OWN_CARD, key="k")
        before = len(sandbox.ledger.entries())
        answer = (await ask(CUSTOMER, self.QUERY, id=id, key="k")).json()
        assert answer["data"]["detachPaymentMethod"]["errors"][0]["code"] in ("NOT_FOUND", "IDEMPOTENCY_CONFLICT")
        assert len(sandbox.ledger.entries()) == before

    async def test_one_customer_s_key_is_not_another_s(self, ask, settings, sandbox):
        await ask(CUSTOMER, self.QUERY, id=OWN_CARD, key="k")
        body = {"query": self.QUERY, "variables": {"id": OWN_CARD, "key": "k"}}
        headers = bearer(settings, customer=MATEO)
        answer = (await ask.api.http.post("/graphql", json=body, headers=headers)).json()
        assert answer["data"]["detachPaymentMethod"]["errors"][0]["code"] == "NOT_FOUND"

    async def test_calls(self, ask):
        await ask(CUSTOMER, self.QUERY, id=OWN_CARD, key="k")
        assert ask.stripe.calls == ["GET /v1/customers/:cus/payment_methods/:pm", "POST /v1/payment_methods/:pm/detach"]


BUDGET = [
    ("a method", f'paymentMethod(id: "{OWN_CARD}") {{ isDefault customer {{ email }} }}', 1),
    ("a customer and the default", "customer { name defaultPaymentMethod { displayLabel isDefault } }", 1),
    ("a page", "customer { id paymentMethods { nodes { id customer { id } } } }", 1),
    ("the wallet screen", "customer { name paymentMethods { nodes { isDefault customer { email } } } }", 2),
    ("the viewer's wallet", "viewer { customer { paymentMethods { nodes { id } } } }", 1),
]


@pytest.mark.parametrize(("query", "calls"), [row[1:] for row in BUDGET], ids=[row[0] for row in BUDGET])
async def test_a_customer_s_reads_cost_no_more(ask, query, calls):
    answer = (await ask(CUSTOMER, f"{{ {query} }}")).json()
    assert "errors" not in answer
    assert len(ask.stripe.calls) == calls


async def test_detach_unless_in_use_asks_side_by_side(ask):
    query = """mutation($id: ID!) { detachPaymentMethod(input: {paymentMethodId: $id, unlessInUse: true}) {
      errors { code } } }"""
    await ask(CUSTOMER, query, id=OWN_CARD)
    assert sorted(ask.stripe.calls) == [
        "GET /v1/customers/:cus",
        "GET /v1/customers/:cus/payment_methods/:pm",
        "GET /v1/subscriptions",
        "POST /v1/payment_methods/:pm/detach",
    ]
