"""Fifty equal requests at once that create, confirm or cancel a SetupIntent. Its step happens once."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest

from app import schema
from quality.harness.wallets import MATEO
from tests.resolvers.mutations.saving import BACK

MUTATIONS = schema._schema.mutation_type.fields
CONFIRMATION: dict[str, Any] = {"paymentMethodId": "pm_card_amex", "returnUrl": BACK}
OF_AN_INTENT: dict[str, tuple[str, dict[str, Any]]] = {
    "confirm": ("confirmSetupIntent", CONFIRMATION),
    "cancel": ("cancelSetupIntent", {"cancellationReason": "duplicate"}),
}


@pytest.fixture
def fifty(api):
    async def fifty(mutation: str, input: dict[str, Any]) -> list[dict[str, Any]]:
        document = f"""mutation($i: {MUTATIONS[mutation].args["input"].type}) {{ {mutation}(input: $i) {{
          setupIntent {{ id status paymentMethod {{ id }} }} errors {{ code }} }} }}"""
        answers = await asyncio.gather(*(api.data(document, i=input) for _ in range(50)))
        return [answer[mutation] for answer in answers]

    return fifty


@pytest.mark.parametrize("more", [{}, {**CONFIRMATION, "confirm": True, "allowRedisplay": "ALWAYS"}])
async def test_with_one_key_one_is_created(fifty, sandbox, saving, quick, more):
    before = len(await saving.wallet())
    input = {"customerId": MATEO, "idempotencyKey": "k", **more}
    payloads = await fifty("createSetupIntent", input)
    assert sandbox.ledger.operations().count("setup_intent.created") == 1
    assert len(await saving.wallet()) == before + ("confirm" in more)
    (again,) = {str(payload) for payload in await fifty("createSetupIntent", input)}
    assert again in map(str, payloads)


@pytest.mark.parametrize("key", [None, "k"])
@pytest.mark.parametrize("name", OF_AN_INTENT)
async def test_one_takes_the_step(fifty, saving, quick, name, key):
    mutation, more = OF_AN_INTENT[name]
    intent = (await saving.post("/v1/setup_intents", {"customer": MATEO}))["id"]
    before = len(await saving.wallet())
    payloads = await fifty(mutation, {"setupIntentId": intent, "idempotencyKey": key, **more})
    codes = Counter(error["code"] for payload in payloads for error in payload["errors"])
    assert set(codes) <= ({"INVALID_STATE"} if key is None else {"IDEMPOTENCY_CONFLICT"})
    assert codes["INVALID_STATE"] == (49 if key is None else 0)
    assert len(await saving.wallet()) == before + (name == "confirm")
    assert (await saving.get(f"/v1/setup_intents/{intent}"))["status"] == (
        "succeeded" if name == "confirm" else "canceled"
    )


async def test_of_a_confirmation_and_a_cancellation_one_wins(api, fifty, saving):
    intent = (await saving.post("/v1/setup_intents", {"customer": MATEO}))["id"]
    before = len(await saving.wallet())
    both = await asyncio.gather(
        *(fifty(mutation, {"setupIntentId": intent, **more}) for mutation, more in OF_AN_INTENT.values())
    )
    succeeded = [sum(not payload["errors"] for payload in payloads) for payloads in both]
    assert sorted(succeeded) == [0, 1]
    assert len(await saving.wallet()) == before + succeeded[0]
