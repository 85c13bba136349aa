"""The story of a wallet with Python's gql, which checks each document against the committed schema first."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from gql import GraphQLRequest
from gql.client import AsyncClientSession
from gql.transport.exceptions import TransportQueryError
from graphql import GraphQLError

from quality.harness.wallets import AMARAS_DEFAULT, MATEOS_CARD
from tests.client_stories.documents import DOCUMENTS, SCHEMA
from tests.client_stories.gql_wallet import make_client, once


class Wallet:
    """A backend uses a customer's wallet through gql."""

    def __init__(self, session: AsyncClientSession) -> None:
        self._session = session

    async def run(self, name: str, **variables: Any) -> Any:
        return await self._session.execute(GraphQLRequest(DOCUMENTS[name], variable_values=variables))

    async def mutate(self, name: str, **input: Any) -> Any:
        (payload,) = (await self.run(name, input=input)).values()
        return payload

    async def ids(self, first: int = 6) -> list[str]:
        found, after = [], None
        while True:
            page = (await self.run("Wallet", first=first, after=after))["customer"]["paymentMethods"]
            found += [edge["node"]["id"] for edge in page["edges"]]
            if not page["pageInfo"]["hasNextPage"]:
                return found
            after = page["pageInfo"]["endCursor"]


def codes(error: TransportQueryError) -> list[str]:
    return [entry["extensions"]["code"] for entry in error.errors or []]


@pytest.fixture
async def wallet(service, token):
    async with make_client(f"{service}/graphql", token, SCHEMA) as session:
        yield Wallet(session)


@pytest.fixture
def losing_answers(service):
    """The next attach is executed, but its response is lost."""
    fault = {"kind": "error_after", "method": "POST", "path": "/attach$", "times": 3}
    httpx.post(f"{service}/_sandbox/faults", json=fault).raise_for_status()


def done(service: str) -> list[str]:
    """All that was really done, in order."""
    return [entry["operation"] for entry in httpx.get(f"{service}/_sandbox/ledger").json()["entries"]]


async def test_story(wallet):
    before = await wallet.ids()
    assert len(set(before)) == 16

    attached = await wallet.mutate("Attach", paymentMethodId="pm_card_visa")
    assert attached["errors"] == []
    visa = attached["paymentMethodEdge"]["node"]["id"]
    assert await wallet.ids() == [visa, *before]

    declined = await wallet.mutate("Attach", paymentMethodId="pm_card_visa_chargeDeclined")
    assert declined["errors"][0]["__typename"] == "CardDeclinedError"

    created = await wallet.mutate("BeginToSave", usage="OFF_SESSION")
    intent = {"setupIntentId": created["setupIntent"]["id"], "returnUrl": "https://shop.example/wallet"}
    saved = await wallet.mutate("Save", paymentMethodId="pm_card_mastercard", **intent)
    assert saved["setupIntent"]["status"] == "SUCCEEDED"
    assert (await wallet.ids())[0] == saved["setupIntent"]["paymentMethod"]["id"]

    chosen = await wallet.mutate("SetDefault", paymentMethodId=visa)
    assert chosen["customer"]["defaultPaymentMethod"]["id"] == visa
    assert chosen["previousDefault"] == {"id": AMARAS_DEFAULT, "isDefault": False}

    detached = await wallet.mutate("Detach", paymentMethodId=visa)
    assert detached["detachedPaymentMethodId"] == visa
    assert visa not in await wallet.ids()
    again = await wallet.mutate("Attach", paymentMethodId=visa)
    assert again["errors"][0]["__typename"] == "NotReusableError"

    assert await wallet.run("OneMethod", id=MATEOS_CARD) == {"paymentMethod": None, "node": None}


@pytest.mark.usefixtures("losing_answers")
async def test_a_lost_answer_is_asked_for_again_with_the_same_key(wallet, service):
    payload = await once(wallet._session, DOCUMENTS["Attach"], {"paymentMethodId": "pm_card_amex"})
    assert payload["attachPaymentMethod"]["errors"] == []
    assert done(service).count("payment_method.attached") == 1


async def test_faults_have_codes(wallet):
    with pytest.raises(TransportQueryError) as raised:
        await wallet.run("Wallet", first=101)
    assert codes(raised.value) == ["BAD_USER_INPUT"]


async def test_without_a_token_nothing_is_shown(service):
    async with make_client(f"{service}/graphql", "nonsense", SCHEMA) as session:
        with pytest.raises(TransportQueryError) as raised:
            await Wallet(session).run("Wallet", first=6)
    assert codes(raised.value) == ["UNAUTHENTICATED"]


async def test_what_the_schema_does_not_have_is_never_sent(wallet):
    with pytest.raises(GraphQLError, match="Cannot query field 'nonsense'"):
        await wallet._session.execute(GraphQLRequest("{ viewer { nonsense } }"))
