"""The GraphQL documents in the docs are valid, and those that need no other step run."""

from __future__ import annotations

import json
import re
import textwrap

import pytest
from graphql import parse, validate

from app import schema
from quality.harness.clients import Api
from quality.harness.processes import ROOT
from quality.harness.wallets import AMARA, AMARAS_DEFAULT
from resolvers.writes import write_outcomes
from serving.settings.groups.callers import EXAMPLE_SECRET
from serving.settings.settings import Settings

PAGES = sorted((ROOT / "docs").glob("*.md"))
DOCUMENTS = [
    pytest.param(textwrap.dedent(text), id=f"{page.name}-{index}")
    for page in PAGES
    for index, text in enumerate(re.findall(r"^ *```graphql\n(.*?)```", page.read_text(), re.DOTALL | re.MULTILINE))
]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_it_is_valid(document):
    assert not validate(schema._schema, parse(document))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text()):
        assert (page.parent / target).exists(), target


def named(name: str) -> str:
    text = (ROOT / "docs/saving.md").read_text()
    found = re.search(rf"^ *```graphql\n( *(?:query|mutation) {name}\b.*?)```", text, re.DOTALL | re.MULTILINE)
    assert found, name
    return found.group(1)


CONFIRM = """mutation($id: ID!, $card: ID = "pm_card_mastercard") {
  confirmSetupIntent(input: {setupIntentId: $id, paymentMethodId: $card, returnUrl: "https://shop.example"}) {
    setupIntent { paymentMethod { id } } errors { message } } }"""


async def listed(api) -> list[str]:
    saved = await api.data(named("SavedMethods"), id=AMARA)
    return [node["id"] for node in saved["customer"]["paymentMethods"]["nodes"]]


async def selected(api) -> str | None:
    found = (await api.data(named("Selected"), id=AMARA))["customer"]["defaultPaymentMethod"]
    return found and found["id"]


async def test_saved_methods_include_an_attached_one_until_it_is_removed(api):
    attached = await api.data(named("Attach"), input={"paymentMethodId": "pm_card_visa", "customerId": AMARA})
    id = attached["attachPaymentMethod"]["paymentMethod"]["id"]
    assert id in await listed(api)
    removed = (await api.data(named("Remove"), paymentMethodId=id))["detachPaymentMethod"]
    assert removed == {"detachedPaymentMethodId": id, "errors": []}
    assert id not in await listed(api)


async def test_the_default_is_not_removed(api):
    in_use = (await api.data(named("Remove"), paymentMethodId=AMARAS_DEFAULT))["detachPaymentMethod"]["errors"]
    assert in_use[0]["__typename"] == "PaymentMethodInUseError"


async def test_saved_methods_include_one_saved_by_a_setup_intent(api):
    created = (await api.data(named("BeginToSave"), customerId=AMARA))["createSetupIntent"]["setupIntent"]
    assert (await api.data(named("HowItWent"), id=created["id"]))["setupIntent"]["status"] == "REQUIRES_PAYMENT_METHOD"
    confirmed = (await api.data(CONFIRM, id=created["id"]))["confirmSetupIntent"]
    assert confirmed["errors"] == []
    went = (await api.data(named("HowItWent"), id=created["id"]))["setupIntent"]
    assert went["status"] == "SUCCEEDED"
    assert went["paymentMethod"]["id"] == confirmed["setupIntent"]["paymentMethod"]["id"]
    assert went["paymentMethod"]["id"] in await listed(api)


async def test_a_selected_method_becomes_the_default_and_null_clears_it(api):
    id = next(id for id in await listed(api) if id != AMARAS_DEFAULT)
    chosen = await api.data(named("MakeDefault"), paymentMethodId=id, customerId=AMARA)
    assert chosen["setDefaultPaymentMethod"]["errors"] == []
    assert await selected(api) == id
    cleared = await api.data(named("MakeDefault"), paymentMethodId=None, customerId=AMARA)
    assert cleared["setDefaultPaymentMethod"] == {"customer": {"id": AMARA, "defaultPaymentMethod": None}, "errors": []}
    assert await selected(api) is None


@pytest.mark.parametrize(
    "variables", [{}, {"paymentMethodId": "google_pay"}], ids=["omitted", "a wallet of the device"]
)
async def test_any_other_option_leaves_the_default(api, variables):
    payload = (await api.data(named("MakeDefault"), customerId=AMARA, **variables))["setDefaultPaymentMethod"]
    assert payload["errors"]
    assert await selected(api) == AMARAS_DEFAULT


def test_public_addresses_have_a_path_that_the_example_ingress_exposes():
    ingress = (ROOT / "deployment/kubernetes/example/ingress.yaml").read_text()
    [host] = re.findall(r"host: (\S+)", ingress)
    exposed = set(re.findall(r"path: (\S+)", ingress))
    pages = [ROOT / "README.md", ROOT / "docker/README.md", *PAGES]
    requested = {path for page in pages for path in re.findall(rf"https://{host}(/[\w./-]+)", page.read_text())}
    assert requested <= exposed


async def test_the_worked_token_opens_the_wallet_that_it_names(stripe):
    page = (ROOT / "docs/authentication.md").read_text()
    secret = re.search(r"AUTH_SECRET=(\S+-only)", page)
    token = re.search(r"TOKEN=(\S+)", page)
    answer = re.search(r'```json\n(\{"data".*?)```', page, re.DOTALL)
    query = re.search(r"""-d '(\{"query".*?\})'""", page)
    assert secret
    assert secret.group(1) == EXAMPLE_SECRET
    assert token
    assert answer
    assert query
    async with Api(Settings(sandbox=True, auth_secret=secret.group(1), allow_anonymous=False), stripe) as api:
        headers = {"Authorization": f"Bearer {token.group(1)}", "Content-Type": "application/json"}
        response = await api.http.post("/graphql", content=query.group(1), headers=headers)
        assert response.json() == json.loads(answer.group(1))
        stranger = {"query": '{ paymentMethod(id: "pm_1SdJLRLkdIwHu7ixLYEvvnHN") { id } }'}
        response = await api.http.post("/graphql", json=stranger, headers=headers)
        assert response.json() == {"data": {"paymentMethod": None}}
        assert (await api.http.post("/graphql", json=stranger)).status_code == 401


async def test_the_update_runs(api):
    payload = (await api.data(named("NewAddress"), id=AMARAS_DEFAULT))["updatePaymentMethod"]
    assert payload["errors"] == []
    assert payload["paymentMethod"]["billingDetails"]["address"]["line1"] == "1 rue de Rivoli"


def test_the_outcomes_of_a_mutation_are_those_of_the_log():
    words = {write_outcomes.DONE, write_outcomes.NOT_DONE, write_outcomes.PARTIAL, write_outcomes.UNKNOWN}
    table = re.findall(r'`outcome: "(\w+)"`', (ROOT / "docs/retries.md").read_text())
    assert set(table) == words
    named = {word for page in PAGES for word in re.findall(r'outcome: "(\w+)"', page.read_text())}
    assert named <= words
