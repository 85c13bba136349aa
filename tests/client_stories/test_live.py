"""Real GraphQL clients subscribe to the changes of a wallet, and resume at another replica when theirs is drained."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
from gql import GraphQLRequest
from pydantic import SecretStr

from quality.harness.processes import Running, free_port, running
from quality.harness.stores import Store
from quality.harness.tokens import bearer
from quality.harness.wallets import AMARA
from serving.settings.settings import Settings
from tests.client_stories.documents import DOCUMENTS, SCHEMA
from tests.client_stories.gql_live import changes
from tests.client_stories.gql_wallet import make_client
from tests.support.missing import needs_store

pytestmark = needs_store

SECRET = "the secret that signs the tokens of these tests"
WEBHOOK_SECRET = "whsec_of_the_test"


@dataclass(frozen=True)
class Replicas:
    """Two replicas over one sandbox, whose events go to the second one."""

    draining: Running
    remaining: Running
    token: str


@pytest.fixture(scope="module")
def shared(tmp_path_factory) -> Iterator[tuple[dict[str, str], Running]]:
    """The settings of all replicas, and one that is never stopped."""
    folder, port = tmp_path_factory.mktemp("replicas"), str(free_port())
    store = Store(folder)
    store.start()
    forward = ("--forward-to", f"http://127.0.0.1:{port}/webhooks/stripe", "--webhook-secret", WEBHOOK_SECRET)
    with contextlib.ExitStack() as stack:
        stack.callback(store.stop)
        sandbox = stack.enter_context(running("-m", "sandbox", *forward, folder=folder, ready="/v1/customers"))
        settings = {
            "STRIPE_SECRET_KEY": "sk_test_any",
            "STRIPE_API_BASE": sandbox.base,
            "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
            "REDIS_URL": store.url,
            "AUTH_SECRET": SECRET,
        }
        yield settings, stack.enter_context(running("server.py", folder=folder, port=port, **settings))


@pytest.fixture
def replicas(shared, tmp_path) -> Iterator[Replicas]:
    settings, remaining = shared
    token = bearer(Settings(stripe_secret_key=SecretStr("sk_test_any"), auth_secret=SecretStr(SECRET)), customer=AMARA)[
        "Authorization"
    ].removeprefix("Bearer ")
    with running("server.py", folder=tmp_path, DRAIN_SECONDS="0", **settings) as draining:
        yield Replicas(draining, remaining, token)


@pytest.fixture
def tell(run_story, replicas):
    """Runs a client's story of a subscription."""

    def tell(story: str, transport: str) -> None:
        ended = run_story(
            story,
            replicas.remaining.base,
            TRANSPORT=transport,
            TOKEN=replicas.token,
            REMAINING=replicas.remaining.base,
            DRAINING=replicas.draining.base,
            DRAINING_PID=str(replicas.draining.process.pid),
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr

    return tell


@pytest.mark.parametrize("transport", ["sse", "ws"])
@pytest.mark.parametrize("client", ["live", "apollo", "urql", "relay"])
def test_changes_are_received(tell, client, transport, request):
    if client == "relay":
        request.getfixturevalue("relay_artifacts")
    tell(f"{client}/live.test.mjs", transport)


@pytest.mark.parametrize("transport", ["sse", "ws"])
def test_a_subscription_continues_with_a_new_token(run_story, service, transport):
    short = bearer(Settings(), customer=AMARA, lifetime=8)["Authorization"].removeprefix("Bearer ")
    ended = run_story("live/expiry.test.mjs", service, TRANSPORT=transport, SHORT_TOKEN=short)
    assert ended.returncode == 0, ended.stdout + ended.stderr


async def attach(base: str, token: str) -> str:
    """Attach a card by an ordinary request. Returns its id."""
    async with make_client(f"{base}/graphql", token, SCHEMA) as session:
        request = GraphQLRequest(DOCUMENTS["Attach"], variable_values={"input": {"paymentMethodId": "pm_card_visa"}})
        payload = (await session.execute(request))["attachPaymentMethod"]
    assert payload["errors"] == []
    return str(payload["paymentMethodEdge"]["node"]["id"])


async def subscribed(base: str) -> None:
    """Wait until the service has a subscription."""
    async with asyncio.timeout(30), httpx.AsyncClient() as client:
        while "\nattache_subscriptions 1.0\n" not in (await client.get(f"{base}/metrics")).text:  # noqa: ASYNC110  # it is true in another process
            await asyncio.sleep(0.05)


async def test_gql_receives_changes_and_resumes(replicas, shared, tmp_path):
    settings, remaining = shared
    draining, token = replicas.draining, replicas.token
    received = changes(f"{draining.base}/graphql", lambda: token, SCHEMA, DOCUMENTS["WalletChanged"], pause=0.1)
    async with contextlib.aclosing(received), asyncio.timeout(100):
        first = asyncio.ensure_future(anext(received))
        await subscribed(draining.base)
        attached = await attach(remaining.base, token)
        assert (await first)["paymentMethodId"] == attached

        second = asyncio.ensure_future(anext(received))
        await asyncio.to_thread(draining.stop)
        meanwhile = await attach(remaining.base, token)
        with running("server.py", folder=tmp_path, port=draining.port, **settings):
            assert (await second)["paymentMethodId"] == meanwhile
