"""The REST calls of each mutation that saves a payment method: the tables in docs/saving.md and paying.md, by row."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from app import schema
from quality.harness.tokens import bearer
from quality.harness.wallets import MATEO, MATEOS_CARD
from tests.resolvers.mutations.saving import BACK, PAYMENT, SETUP, Saving
from tests.support.bank_accounts import intent_to_verify

MUTATIONS = schema._schema.mutation_type.fields
ROOT = Path(__file__).parents[3]


def table(page: str) -> dict[str, list[int | None]]:
    """The rows of a page: the calls as a service and as a customer. None if a customer may not send the mutation."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8").partition("## REST calls")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`.*?) \| (\d) \| (\d|–) \|$", text, re.MULTILINE)
    return {name: [int(one) if one.isdigit() else None for one in calls] for name, *calls in rows}


SAVING, PAYING = table("saving.md"), table("paying.md")
TABLE = SAVING | PAYING
AMOUNT: dict[str, Any] = {"amount": 1099, "currency": "eur"}
CONFIRMED = {"paymentMethodId": "pm_card_visa", "confirm": True}
CREATE: dict[str, dict[str, Any]] = {
    "`createSetupIntent`": {},
    "`createSetupIntent`, confirmed, with a mandate": {
        "paymentMethodId": "pm_sepaDebit_success_de",
        "confirm": True,
        "mandate": {"online": {"ipAddress": "203.0.113.7", "userAgent": "Firefox"}},
    },
    "`createSetupIntent`, confirmed, with `allowRedisplay`": {**CONFIRMED, "allowRedisplay": "ALWAYS"},
}
COMPLETE: dict[str, dict[str, Any]] = {
    "`completeSetupIntent`": {},
    "`completeSetupIntent` with `setAsDefault`": {"setAsDefault": True},
    "`completeSetupIntent` with `REUSE_EXISTING`": {"onDuplicate": "REUSE_EXISTING"},
    "`completeSetupIntent` with `REJECT`": {"onDuplicate": "REJECT"},
    "`completeSetupIntent` with `REPLACE_EXISTING` of the default": {"onDuplicate": "REPLACE_EXISTING"},
    "`completeSetupIntent` with `REPLACE_EXISTING` of the default, moving a subscription": {
        "onDuplicate": "REPLACE_EXISTING",
        "moveSubscriptions": "REPLACED",
    },
}
PAY: dict[str, dict[str, Any]] = {
    "`createPaymentIntent`": AMOUNT,
    "`createPaymentIntent`, confirmed": {**AMOUNT, **CONFIRMED, "idempotencyKey": "order 1"},
}
MOVE: dict[str, dict[str, Any]] = {
    "`attachPaymentMethod` with `allowRedisplay`": {"paymentMethodId": "pm_card_visa", "allowRedisplay": "ALWAYS"},
    "`attachPaymentMethod` with `setAsDefault`, moving a subscription": {
        "paymentMethodId": "pm_card_visa",
        "setAsDefault": True,
        "moveSubscriptions": "REPLACED",
    },
    "`setDefaultPaymentMethod`, moving a subscription": {
        "paymentMethodId": MATEOS_CARD,
        "moveSubscriptions": "REPLACED",
    },
}


@pytest.fixture(params=["service", "customer"])
def count(request, api, stripe):
    """Sends a mutation as a service or as the customer, and compares its calls with the row."""
    settings, column = api.service.settings, ["service", "customer"].index(request.param)
    tokens = (bearer(settings, service=True), bearer(settings, customer=MATEO))

    async def count(row: str, input: dict[str, Any]) -> None:
        mutation = row.split("`")[1]
        document = f"""mutation($i: {MUTATIONS[mutation].args["input"].type}) {{
          {mutation}(input: $i) {{ errors {{ __typename }} }} }}"""
        stripe.clear()
        body = {"query": document, "variables": {"i": input}}
        answer = (await api.http.post("/graphql", json=body, headers=tokens[column])).json()
        if TABLE[row][column] is None:
            assert (answer["errors"][0]["extensions"]["code"], stripe.calls) == ("FORBIDDEN", [])
            return
        expected = [{"__typename": "DuplicatePaymentMethodError"}] if "REJECT" in row else []
        assert answer["data"][mutation]["errors"] == expected
        assert len(stripe.calls) == TABLE[row][column]

    count.names_customer = {"customerId": MATEO} if column == 0 else {}
    return count


@pytest.fixture
def settings(settings):
    return settings.model_copy(update={"customer_mandates": True})


def test_each_row_is_counted():
    others = {"`confirmSetupIntent`", "`cancelSetupIntent`", "`verifyMicrodeposits`"}
    assert set(SAVING) == {*CREATE, *COMPLETE, *MOVE, *others}
    others = {"`confirmPaymentIntent`", "`cancelPaymentIntent`"}
    assert set(PAYING) == {*PAY, *map(of_payment, COMPLETE), *others}


def of_payment(row: str) -> str:
    return row.replace("completeSetupIntent", "completePaymentIntent")


@pytest.mark.parametrize("row", CREATE)
async def test_create(count, row):
    await count(row, {**count.names_customer, **CREATE[row]})


async def test_confirm_and_cancel(count, saving):
    created = [await saving.post("/v1/setup_intents", {"customer": MATEO}) for _ in range(2)]
    await count("`cancelSetupIntent`", {"setupIntentId": created[0]["id"], "cancellationReason": "abandoned"})
    input = {"setupIntentId": created[1]["id"], "paymentMethodId": "pm_card_visa", "returnUrl": BACK}
    await count("`confirmSetupIntent`", input)


@pytest.mark.parametrize("row", PAY)
async def test_pay(count, row):
    await count(row, {**count.names_customer, **PAY[row]})


async def test_confirm_and_cancel_a_payment(count, saving):
    form = {"customer": MATEO, "amount": "1099", "currency": "eur"}
    created = [await saving.post("/v1/payment_intents", form) for _ in range(2)]
    await count("`cancelPaymentIntent`", {"paymentIntentId": created[0]["id"]})
    input = {"paymentIntentId": created[1]["id"], "paymentMethodId": "pm_card_visa", "returnUrl": BACK}
    await count("`confirmPaymentIntent`", input)


async def test_verify(count, sandbox):
    input = {"setupIntentId": await intent_to_verify(sandbox, MATEO), "descriptorCode": "SM11AA"}
    await count("`verifyMicrodeposits`", input)


@pytest.mark.parametrize("kind", [SETUP, PAYMENT], ids=["setup", "payment"])
@pytest.mark.parametrize("row", COMPLETE)
async def test_complete(count, sandbox, row, kind):
    saving = Saving(sandbox, kind)
    _, existing = await saving.intent()
    await saving.set_default(existing)
    await saving.subscription(existing)
    intent, _ = await saving.intent()
    await count(row if kind is SETUP else of_payment(row), {kind.id_field: intent, **COMPLETE[row]})


@pytest.mark.parametrize("row", MOVE)
async def test_move(count, saving, row):
    default = await saving.default()
    await saving.subscription(default)
    await count(row, {**count.names_customer, **MOVE[row]})
