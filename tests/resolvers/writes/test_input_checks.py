"""The effect of a nullable input that is left out, null, an omitted variable or empty: one row for each input."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from graphql import GraphQLInputObjectType, GraphQLNonNull, get_named_type

from app import schema
from quality.harness.clients import Api
from quality.harness.tokens import bearer
from quality.harness.wallets import AMARA, AMARAS_DEFAULT, JENNY, JENNYS_CARD, UNATTACHED_CARD
from serving.settings.settings import Settings

CORE = schema._schema

ATTACH = "POST /v1/payment_methods/:pm/attach"
DETACH = "POST /v1/payment_methods/:pm/detach"
UPDATE = "POST /v1/payment_methods/:pm"
SET_DEFAULT = "POST /v1/customers/:cus"
READ_PAYMENT = "GET /v1/payment_intents/:pi"
READ_INTENT = "GET /v1/setup_intents/:seti"
CREATE = "POST /v1/setup_intents"
CONFIRM = "POST /v1/setup_intents/:seti/confirm"
CANCEL = "POST /v1/setup_intents/:seti/cancel"
SESSION = "POST /v1/customer_sessions"
KEY = "POST /v1/ephemeral_keys"
CREATE_PAYMENT = "POST /v1/payment_intents"
PAY = "POST /v1/payment_intents/:pi/confirm"
CANCEL_PAYMENT = "POST /v1/payment_intents/:pi/cancel"


@dataclass(frozen=True)
class Sent:
    """The mutation is done in one call; `form` has the parameters that matter, None for one that is not sent."""

    call: str
    form: dict[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Refused:
    """An InvalidInputError at this path below the input, without a call."""

    path: str


ACCEPTANCE = "mandate_data[customer_acceptance][type]"
NOT_GRAPHQL = "refused before the mutation runs"
"""An empty string where the schema wants a number, an enum value or an object; or not exactly one member."""


@dataclass(frozen=True)
class Row:
    """`rest` is the rest of the input."""

    rest: dict[str, Any]
    omitted: Any
    null: Any
    empty: Any


def same(rest: dict[str, Any], outcome: Any, empty: Any) -> Row:
    """Null means the same as leaving it out."""
    return Row(rest, outcome, outcome, empty)


def cleared_by_null(rest: dict[str, Any], param: str, *, empty: Any) -> Row:
    """Leaving it out keeps it; null clears it."""
    return Row(rest, Sent(UPDATE, {param: None}), Sent(UPDATE, {param: ""}), empty)


TO_ATTACH = {"paymentMethodId": UNATTACHED_CARD, "customerId": JENNY}
TO_UPDATE = {"paymentMethodId": AMARAS_DEFAULT}
TO_SET = {"paymentMethodId": JENNYS_CARD, "customerId": JENNY}
COMPONENTS = {
    "paymentElement": "payment_element",
    "mobilePaymentElement": "mobile_payment_element",
    "customerSheet": "customer_sheet",
}
TO_OPEN: dict[str, dict[str, Any]] = {
    "createCustomerSession": {"components": {"customerSheet": {}}},
    "createEphemeralKey": {"stripeVersion": "2020-08-27"},
}
PRICE = {"amount": 1099, "currency": "usd"}
EVERYTHING = ("name", "email", "phone", "address", "tax_id")

ROWS: dict[str, Row] = {
    "attachPaymentMethod.customerId": same(
        {"paymentMethodId": UNATTACHED_CARD}, Refused("customerId"), Refused("customerId")
    ),
    "attachPaymentMethod.customerAccountId": same(
        TO_ATTACH, Sent(ATTACH, {"customer": JENNY, "customer_account": None}), Refused("customerAccountId")
    ),
    "setDefaultPaymentMethod.customerAccountId": same(
        {"customerId": JENNY, "paymentMethodId": JENNYS_CARD}, Sent(SET_DEFAULT), Refused("customerAccountId")
    ),
    "createSetupIntent.customerAccountId": same(
        {"customerId": JENNY},
        Sent(CREATE, {"customer": JENNY, "customer_account": None}),
        Refused("customerAccountId"),
    ),
    "attachPaymentMethod.allowRedisplay": same(TO_ATTACH, Sent(ATTACH, {"allow_redisplay": None}), NOT_GRAPHQL),
    "attachPaymentMethod.idempotencyKey": same(TO_ATTACH, Sent(ATTACH), Refused("idempotencyKey")),
    "detachPaymentMethod.idempotencyKey": same(
        {"paymentMethodId": JENNYS_CARD}, Sent(DETACH), Refused("idempotencyKey")
    ),
    "updatePaymentMethod.allowRedisplay": Row(
        TO_UPDATE,
        Sent(UPDATE, {"allow_redisplay": None}),
        Sent(UPDATE, {"allow_redisplay": "unspecified"}),
        NOT_GRAPHQL,
    ),
    "updatePaymentMethod.billingDetails": Row(
        TO_UPDATE,
        Sent(UPDATE, {f"billing_details[{name}]": None for name in EVERYTHING}),
        Sent(UPDATE, {f"billing_details[{name}]": "" for name in EVERYTHING}),
        NOT_GRAPHQL,
    ),
    **{
        f"updatePaymentMethod.billingDetails.{name}": cleared_by_null(
            TO_UPDATE, f"billing_details[{name}]", empty=Refused(f"billingDetails.{name}")
        )
        for name in ("name", "email", "phone")
    },
    "updatePaymentMethod.billingDetails.address": cleared_by_null(
        TO_UPDATE, "billing_details[address]", empty=NOT_GRAPHQL
    ),
    **{
        f"updatePaymentMethod.billingDetails.address.{name}": cleared_by_null(
            TO_UPDATE, f"billing_details[address][{param}]", empty=Refused(f"billingDetails.address.{name}")
        )
        for name, param in {
            **{one: one for one in ("line1", "line2", "city", "state", "country")},
            "postalCode": "postal_code",
        }.items()
    },
    "updatePaymentMethod.card": Row(TO_UPDATE, Sent(UPDATE), Refused("card"), NOT_GRAPHQL),
    "updatePaymentMethod.card.expMonth": Row(
        TO_UPDATE, Sent(UPDATE, {"card[exp_month]": None}), Refused("card.expMonth"), NOT_GRAPHQL
    ),
    "updatePaymentMethod.card.expYear": Row(
        TO_UPDATE, Sent(UPDATE, {"card[exp_year]": None}), Refused("card.expYear"), NOT_GRAPHQL
    ),
    "updatePaymentMethod.card.preferredNetwork": cleared_by_null(
        TO_UPDATE, "card[networks][preferred]", empty=NOT_GRAPHQL
    ),
    "updatePaymentMethod.metadata": cleared_by_null(TO_UPDATE, "metadata", empty=Refused("metadata")),
    "updatePaymentMethod.idempotencyKey": same(TO_UPDATE, Sent(UPDATE), Refused("idempotencyKey")),
    "setDefaultPaymentMethod.paymentMethodId": Row(
        {"customerId": AMARA},
        Refused("paymentMethodId"),
        Sent(SET_DEFAULT, {"invoice_settings[default_payment_method]": ""}),
        Refused("paymentMethodId"),
    ),
    "setDefaultPaymentMethod.customerId": same(
        {"paymentMethodId": JENNYS_CARD}, Refused("customerId"), Refused("customerId")
    ),
    "setDefaultPaymentMethod.idempotencyKey": same(TO_SET, Sent(SET_DEFAULT), Refused("idempotencyKey")),
    "createSetupIntent.customerId": same({}, Sent(CREATE, {"customer": None}), Refused("customerId")),
    "createSetupIntent.paymentMethodId": same({}, Sent(CREATE, {"payment_method": None}), Refused("paymentMethodId")),
    "createSetupIntent.paymentMethodTypes": same(
        {}, Sent(CREATE, {"automatic_payment_methods[enabled]": "true"}), Refused("paymentMethodTypes")
    ),
    "createSetupIntent.description": same({}, Sent(CREATE, {"description": None}), Refused("description")),
    "createSetupIntent.metadata": same({}, Sent(CREATE, {"metadata": None}), Refused("metadata")),
    "createSetupIntent.returnUrl": same({}, Sent(CREATE, {"return_url": None}), Refused("returnUrl")),
    "createSetupIntent.idempotencyKey": same({}, Sent(CREATE), Refused("idempotencyKey")),
    "confirmSetupIntent.paymentMethodId": same({}, Sent(CONFIRM, {"payment_method": None}), Refused("paymentMethodId")),
    "confirmSetupIntent.returnUrl": same({}, Sent(CONFIRM, {"return_url": None}), Refused("returnUrl")),
    "confirmSetupIntent.idempotencyKey": same({}, Sent(CONFIRM), Refused("idempotencyKey")),
    "createSetupIntent.confirmationTokenId": same(
        {}, Sent(CREATE, {"confirmation_token": None}), Refused("confirmationTokenId")
    ),
    "createSetupIntent.allowRedisplay": same({}, Sent(CREATE), NOT_GRAPHQL),
    "confirmSetupIntent.confirmationTokenId": same(
        {}, Sent(CONFIRM, {"confirmation_token": None}), Refused("confirmationTokenId")
    ),
    **{
        f"{mutation}.mandate": same({}, Sent(call, {ACCEPTANCE: None}), NOT_GRAPHQL)
        for mutation, call in {"createSetupIntent": CREATE, "confirmSetupIntent": CONFIRM}.items()
    },
    **{
        # Exactly one of the two must be there.
        f"{mutation}.mandate.{name}": same({}, NOT_GRAPHQL, NOT_GRAPHQL)
        for mutation in ("createSetupIntent", "confirmSetupIntent")
        for name in ("online", "offline")
    },
    **{
        f"createPaymentIntent.{name}": same(PRICE, Sent(CREATE_PAYMENT, {param: None}), empty)
        for name, param, empty in (
            ("customerId", "customer", Refused("customerId")),
            ("customerAccountId", "customer_account", Refused("customerAccountId")),
            ("paymentMethodId", "payment_method", Refused("paymentMethodId")),
            ("confirmationTokenId", "confirmation_token", Refused("confirmationTokenId")),
            ("setupFutureUsage", "setup_future_usage", NOT_GRAPHQL),
            ("returnUrl", "return_url", Refused("returnUrl")),
            ("mandate", ACCEPTANCE, NOT_GRAPHQL),
            ("description", "description", Refused("description")),
            ("metadata", "metadata", Refused("metadata")),
            ("idempotencyKey", "confirm", Refused("idempotencyKey")),
        )
    },
    **{
        f"confirmPaymentIntent.{name}": same({"paymentMethodId": JENNYS_CARD}, Sent(PAY, {param: None}), empty)
        for name, param, empty in (
            ("confirmationTokenId", "confirmation_token", Refused("confirmationTokenId")),
            ("returnUrl", "return_url", Refused("returnUrl")),
            ("mandate", ACCEPTANCE, NOT_GRAPHQL),
            ("idempotencyKey", "amount", Refused("idempotencyKey")),
        )
    },
    "confirmPaymentIntent.paymentMethodId": same({}, Sent(PAY, {"payment_method": None}), Refused("paymentMethodId")),
    "cancelPaymentIntent.idempotencyKey": same({}, Sent(CANCEL_PAYMENT), Refused("idempotencyKey")),
    **{
        f"{mutation}.mandate.{name}": same(rest, NOT_GRAPHQL, NOT_GRAPHQL)
        for mutation, rest in {"createPaymentIntent": PRICE, "confirmPaymentIntent": {}}.items()
        for name in ("online", "offline")
    },
    "verifyMicrodeposits.amounts": same({}, Refused("amounts"), NOT_GRAPHQL),
    "verifyMicrodeposits.descriptorCode": same({}, Refused("amounts"), Refused("descriptorCode")),
    "verifyMicrodeposits.idempotencyKey": same({"amounts": [1]}, Refused("amounts"), Refused("idempotencyKey")),
    "cancelSetupIntent.cancellationReason": same(
        {}, Sent(CANCEL, {"cancellation_reason": None}), Refused("cancellationReason")
    ),
    "completePaymentIntent.idempotencyKey": same({}, Sent(READ_PAYMENT), Refused("idempotencyKey")),
    "completeSetupIntent.idempotencyKey": same({}, Sent(READ_INTENT), Refused("idempotencyKey")),
    "cancelSetupIntent.idempotencyKey": same({}, Sent(CANCEL), Refused("idempotencyKey")),
    **{
        f"{mutation}.{field}": same({**TO_OPEN[mutation], **rest}, outcome, Refused(field))
        for mutation, call in {"createCustomerSession": SESSION, "createEphemeralKey": KEY}.items()
        for field, rest, outcome in (
            ("customerId", {}, Refused("customerId")),
            ("customerAccountId", {"customerId": JENNY}, Sent(call, {"customer": JENNY, "customer_account": None})),
            ("idempotencyKey", {"customerId": JENNY}, Sent(call)),
        )
    },
    **{
        f"createCustomerSession.components.{component}": same({"customerId": JENNY}, Refused("components"), NOT_GRAPHQL)
        for component in COMPONENTS
    },
    **{
        f"createCustomerSession.components.{component}.allowRedisplayFilters": same(
            {"customerId": JENNY, "components": {component: {}}},
            Sent(SESSION, {f"components[{name}][features][payment_method_allow_redisplay_filters][0]": None}),
            NOT_GRAPHQL,
        )
        for component, name in COMPONENTS.items()
    },
}


def nullable_inputs() -> dict[str, Any]:
    """The types of all nullable inputs of all mutations, by their path: `mutation.input.nested`."""
    found: dict[str, Any] = {}

    def walk(type_: GraphQLInputObjectType, path: str) -> None:
        for name, one in type_.fields.items():
            if not isinstance(one.type, GraphQLNonNull):
                found[f"{path}.{name}"] = one.type
            below = get_named_type(one.type)
            if isinstance(below, GraphQLInputObjectType):
                walk(below, f"{path}.{name}")

    for name, mutation in CORE.mutation_type.fields.items():
        walk(mutation.args["input"].type.of_type, name)
    return found


NULLABLE = nullable_inputs()


def test_every_nullable_input_has_a_row():
    assert set(ROWS) == set(NULLABLE)


def placed(path: str, value: dict[str, Any], rest: dict[str, Any]) -> dict[str, Any]:
    """The input with `value`, {name: …} or {}, where the path leads."""
    _, *parents, _ = path.split(".")
    for name in reversed(parents):
        value = {name: value}
    return {**rest, **value}


@pytest.fixture(params=[True, False], ids=["by a plan", "by the executor"])
async def side(request, stripe):
    async with Api(Settings(compiled_plans=request.param), stripe) as api:
        yield api


@pytest.fixture
def run(side, stripe):
    """Sends the mutation with that input in place of $input. The answer, as JSON."""

    async def run(mutation, declared, literal, variables, customer=None):
        head = f"mutation Run({declared})" if declared else "mutation Run"
        query = f"{head} {{ {mutation}(input: {literal}) {{ errors {{ __typename path }} }} }}"
        headers = bearer(side.service.settings, customer=customer) if customer else {}
        stripe.clear()
        response = await side.http.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
        return response.json()

    return run


@pytest.fixture
async def rest_of(side, stripe, sandbox):
    """The rest of the input; what confirms or cancels an intent gets one that needs no returnUrl."""

    async def found(path):
        row = ROWS[path].rest if path in ROWS else {}
        if path.startswith(("confirmPayment", "completePayment", "cancelPayment")):
            created = await side.data(
                """mutation($input: CreatePaymentIntentInput!) {
                  createPaymentIntent(input: $input) { paymentIntent { id } } }""",
                input={**PRICE, "customerId": JENNY, "paymentMethodId": JENNYS_CARD},
            )
            id = created["createPaymentIntent"]["paymentIntent"]["id"]
            body = sandbox.store.payment_intents.get(id).body
            body["automatic_payment_methods"]["allow_redirects"] = "never"
            body["status"] = "succeeded" if path.startswith("complete") else body["status"]
            return {**row, "paymentIntentId": id}
        if path.startswith(("confirm", "cancel", "complete", "verify")):
            created = await side.data(
                """mutation($input: CreateSetupIntentInput!) {
                  createSetupIntent(input: $input) { setupIntent { id } } }""",
                input={"customerId": JENNY, "paymentMethodId": JENNYS_CARD},
            )
            id = created["createSetupIntent"]["setupIntent"]["id"]
            body = sandbox.store.setup_intents.get(id).body
            body["automatic_payment_methods"]["allow_redirects"] = "never"
            body["status"] = "succeeded" if path.startswith("complete") else body["status"]
            return {**row, "setupIntentId": id}
        return row

    return found


def check(outcome: Any, answer: dict[str, Any], mutation: str, stripe: Any) -> None:
    if outcome == NOT_GRAPHQL:
        assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
        assert stripe.calls == []
    elif isinstance(outcome, Refused):
        (error,) = answer["data"][mutation]["errors"]
        assert error == {"__typename": "InvalidInputError", "path": ["input", *outcome.path.split(".")]}
        assert stripe.calls == []
    else:
        assert answer == {"data": {mutation: {"errors": []}}}
        assert stripe.calls == [outcome.call]
        sent = stripe.form()
        assert {name: sent.get(name) for name in outcome.form} == outcome.form


@pytest.mark.parametrize("path", ROWS)
async def test_left_out(run, rest_of, stripe, path):
    mutation = path.split(".")[0]
    type_ = CORE.mutation_type.fields[mutation].args["input"].type
    answer = await run(mutation, f"$input: {type_}", "$input", {"input": placed(path, {}, await rest_of(path))})
    check(ROWS[path].omitted, answer, mutation, stripe)


@pytest.mark.parametrize("path", ROWS)
async def test_null(run, rest_of, stripe, path):
    mutation, name = path.split(".")[0], path.split(".")[-1]
    type_ = CORE.mutation_type.fields[mutation].args["input"].type
    given = placed(path, {name: None}, await rest_of(path))
    check(ROWS[path].null, await run(mutation, f"$input: {type_}", "$input", {"input": given}), mutation, stripe)


@pytest.mark.parametrize("path", ROWS)
@pytest.mark.parametrize("how", ["omitted", "null"])
async def test_a_variable(run, rest_of, stripe, path, how):
    """A variable in the input's literal: omitted means left out, null means null."""
    mutation, name = path.split(".")[0], path.split(".")[-1]
    rest = await rest_of(path)
    declared = f"$value: {NULLABLE[path]}"
    literal = written(placed(path, {name: Variable}, rest))
    answer = await run(mutation, declared, literal, {} if how == "omitted" else {"value": None})
    check(ROWS[path].omitted if how == "omitted" else ROWS[path].null, answer, mutation, stripe)


@pytest.mark.parametrize("path", ROWS)
async def test_empty(run, rest_of, stripe, path):
    mutation, name = path.split(".")[0], path.split(".")[-1]
    type_ = CORE.mutation_type.fields[mutation].args["input"].type
    given = placed(path, {name: ""}, await rest_of(path))
    check(ROWS[path].empty, await run(mutation, f"$input: {type_}", "$input", {"input": given}), mutation, stripe)


OWNERS = (
    "attachPaymentMethod.customerId",
    "setDefaultPaymentMethod.customerId",
    "createSetupIntent.customerId",
    "createCustomerSession.customerId",
    "createEphemeralKey.customerId",
)
REST = {"createSetupIntent": {}, **TO_OPEN}


@pytest.mark.parametrize("path", [*OWNERS, *(path.replace("customerId", "customerAccountId") for path in OWNERS)])
async def test_an_empty_owner_is_not_the_caller_s_own(run, stripe, path):
    mutation, name = path.split(".")
    rest = REST.get(mutation, {"paymentMethodId": JENNYS_CARD})
    answer = await run(mutation, "", written({**rest, name: ""}), {}, customer=JENNY)
    check(Refused(name), answer, mutation, stripe)


@pytest.mark.parametrize("value", [None, {}], ids=["null", "left out"])
@pytest.mark.parametrize("path", OWNERS)
async def test_an_owner_that_is_null_or_left_out_is_the_caller_s_own(run, stripe, path, value):
    mutation, name = path.split(".")
    rest = REST.get(mutation, {"paymentMethodId": JENNYS_CARD})
    answer = await run(mutation, "", written(rest if value == {} else {**rest, name: None}), {}, customer=JENNY)
    assert answer["data"][mutation]["errors"] == []
    request = stripe.requests[-1]
    assert JENNY in request.url.path + request.content.decode()


async def test_an_empty_metadata_value_takes_nothing_out(run, stripe):
    answer = await run("updatePaymentMethod", "", written({**TO_UPDATE, "metadata": {"a": ""}}), {})
    check(Refused("metadata"), answer, "updatePaymentMethod", stripe)


async def test_null_clears_all_billing_details_with_the_tax_id(side, sandbox):
    body = sandbox.store.payment_methods.get(AMARAS_DEFAULT).body
    address = dict.fromkeys(body["billing_details"]["address"], "x")
    body["billing_details"] = {"name": "A", "email": "a@b.example", "phone": "1", "tax_id": "2", "address": address}
    data = await side.data(
        """mutation($id: ID!) { updatePaymentMethod(input: {paymentMethodId: $id, billingDetails: null}) {
          paymentMethod { billingDetails { name email phone taxId address {
            line1 line2 city state postalCode country } } } errors { code } } }""",
        id=AMARAS_DEFAULT,
    )
    shown = data["updatePaymentMethod"]["paymentMethod"]["billingDetails"]
    assert set(shown.pop("address").values()) == {None}
    assert set(shown.values()) == {None}


class Variable:
    """Stands for $value in an input that is written as a literal."""


def written(value: Any) -> str:
    """The value as a GraphQL literal."""
    if value is Variable:
        return "$value"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {written(one)}" for name, one in value.items()) + "}"
    return {None: "null", True: "true", False: "false"}.get(value, f'"{value}"')
