"""docs/sandbox.md says what is so."""

import re
from pathlib import Path

import pytest

from sandbox.cards import TEMPLATES
from sandbox.control.faults import KINDS
from sandbox.routes import ENDPOINTS

DOCS = (Path(__file__).parents[2] / "docs" / "sandbox.md").read_text(encoding="utf-8")


def test_every_seeded_id_exists(sandbox):
    store = sandbox.store
    collections = {"pm": store.payment_methods, "cus": store.customers, "sub": store.subscriptions}
    ids = set(re.findall(r"\b(?:pm|cus|sub)_(?!card)\w{14,}", DOCS))
    assert len(ids) >= 12
    assert [id for id in ids if collections[id.partition("_")[0]].get(id) is None] == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_fault_is_told(kind):
    assert f"`{kind}`" in DOCS


@pytest.mark.parametrize("path", sorted({endpoint.path.split("{")[0].rstrip("/") for endpoint in ENDPOINTS}))
def test_every_resource_is_told(path):
    assert path in DOCS


@pytest.mark.parametrize("token", [name for name, card in TEMPLATES.items() if card.group in ("brand", "co-branded")])
def test_brands_are_told(token):
    assert token.removeprefix("pm_card_") in DOCS
