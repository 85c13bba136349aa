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
from quality.harness.wallets import AMARAS_DEFAULT
from resolvers.writes import write_outcomes
from serving.settings.groups.callers import EXAMPLE_SECRET
from serving.settings.settings import Settings
from tests.docs.documents import document

PAGES = sorted((ROOT / "docs").glob("*.md"))
DOCUMENTS = [
    pytest.param(textwrap.dedent(text), id=f"{page.name}-{index}")
    for page in PAGES
    for index, text in enumerate(re.findall(r"^ *```graphql\n(.*?)```", page.read_text(), re.DOTALL | re.MULTILINE))
]


@pytest.mark.parametrize("text", DOCUMENTS)
def test_it_is_valid(text):
    assert not validate(schema._schema, parse(text))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text()):
        assert (page.parent / target).exists(), target


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
    payload = (await api.data(document("saving.md", "NewAddress"), id=AMARAS_DEFAULT))["updatePaymentMethod"]
    assert payload["errors"] == []
    assert payload["paymentMethod"]["billingDetails"]["address"]["line1"] == "1 rue de Rivoli"


def test_the_outcomes_of_a_mutation_are_those_of_the_log():
    words = {write_outcomes.DONE, write_outcomes.NOT_DONE, write_outcomes.PARTIAL, write_outcomes.UNKNOWN}
    table = re.findall(r'`outcome: "(\w+)"`', (ROOT / "docs/retries.md").read_text())
    assert set(table) == words
    named = {word for page in PAGES for word in re.findall(r'outcome: "(\w+)"', page.read_text())}
    assert named <= words
