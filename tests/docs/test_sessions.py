"""The flows of the page about sessions: its documents against the sandbox, which is also the customer's device."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from quality.harness.clients import Api
from quality.harness.processes import ROOT
from quality.harness.tokens import bearer
from quality.harness.wallets import AMARA, UNATTACHED_CARD
from serving.settings.settings import Settings
from tests.docs.documents import document

SECRETS = {"OpenElement", "OpenPaymentSheet", "OpenCustomerSheet"}


@pytest.fixture
async def api(stripe):
    """The service, called with Amara's token."""
    async with Api(Settings(allow_anonymous=False), stripe) as api:
        api.http.headers.update(bearer(api.service.settings, customer=AMARA))
        yield api


@pytest.fixture
def device(sandbox):
    """Lists Amara's payment methods with a secret."""

    async def listed(secret: str, **headers: str) -> list[dict[str, Any]]:
        sent = {"authorization": f"Bearer {secret}", **headers}
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=sandbox), base_url="http://stripe") as http:
            body = (await http.get(f"/v1/customers/{AMARA}/payment_methods?limit=100", headers=sent)).json()
        return list(body["data"])

    return listed


async def run(api, name: str, **variables: Any) -> dict[str, Any]:
    data: dict[str, Any] = await api.data(document("sessions.md", name), **variables)
    assert not [payload["errors"] for payload in data.values() if payload["errors"]]
    return data


@pytest.mark.parametrize("name", sorted(SECRETS))
async def test_a_component_shows_all_payment_methods(api, device, sandbox, name):
    data = await run(api, name)
    listed = await device(data["createCustomerSession"]["customerSession"]["clientSecret"])
    assert len(listed) == sandbox.store.wallet_size(AMARA)
    if name != "OpenCustomerSheet":
        assert data["createSetupIntent"]["setupIntent"]["clientSecret"]


async def test_what_is_saved_for_checkout_is_shown_without_filters(api, device):
    saved = (await run(api, "SaveForCheckout", paymentMethodId=UNATTACHED_CARD))["attachPaymentMethod"]["paymentMethod"]
    query = """mutation { createCustomerSession(input: {components: {customerSheet: {}}}) {
      customerSession { clientSecret } } }"""
    session = (await api.data(query))["createCustomerSession"]["customerSession"]
    listed = await device(session["clientSecret"])
    assert {method["allow_redisplay"] for method in listed} == {"always"}
    assert saved["id"] in [method["id"] for method in listed]


async def test_an_ephemeral_key(api, device):
    key = (await run(api, "OpenWithKey", stripeVersion="2020-08-27"))["createEphemeralKey"]["ephemeralKey"]
    assert await device(key["secret"], **{"stripe-version": "2020-08-27"})


async def test_the_table_names_the_features_that_are_sent(api, stripe):
    page = (ROOT / "docs/sessions.md").read_text(encoding="utf-8")
    features = "{redisplay: true, remove: true, save: true, allowRedisplayFilters: [ALWAYS]}"
    query = f"""mutation {{ createCustomerSession(input: {{components: {{
      paymentElement: {features}, customerSheet: {features} }}}}) {{ errors {{ code }} }} }}"""
    await api.data(query)
    sent = {name.split("[")[3].rstrip("]") for name in stripe.form() if "[features]" in name}
    assert len(sent) == 4
    assert all(f"`{name}`" in page for name in sent)
