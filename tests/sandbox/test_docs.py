"""docs/sandbox.md is true."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from quality.harness.processes import running
from sandbox.cards.test_card_lookup import TEST_CARDS
from sandbox.control.fault_kinds import KINDS
from sandbox.endpoints.routes import ENDPOINTS
from sandbox.events.delivery_faults import KINDS as DELIVERY_KINDS

ROOT = Path(__file__).parents[2]
DOCS = (ROOT / "docs" / "sandbox.md").read_text(encoding="utf-8")


def test_every_seeded_id_exists(sandbox):
    seeded: set[str] = set()
    for store in sandbox.store.all_accounts():
        for collection in (store.payment_methods, store.customers, store.subscriptions):
            seeded |= {record.id for record in collection.oldest_first()}
    ids = set(re.findall(r"\b(?:pm|cus|sub)_(?!card|sepaDebit|usBank)\w{14,}", DOCS))
    assert len(ids) >= 12
    assert ids <= seeded
    assert set(sandbox.store.connected) <= set(re.findall(r"acct_\w+", DOCS))


@pytest.mark.parametrize("kind", [*KINDS, *DELIVERY_KINDS])
def test_every_fault_is_documented(kind):
    assert f"`{kind}`" in DOCS


@pytest.mark.parametrize("path", sorted({endpoint.path.split("{")[0].rstrip("/") for endpoint in ENDPOINTS}))
def test_every_resource_is_documented(path):
    assert path in DOCS


@pytest.mark.parametrize("token", [name for name, card in TEST_CARDS.items() if card.group in ("brand", "co-branded")])
def test_brands_are_documented(token):
    assert token.removeprefix("pm_card_") in DOCS


@pytest.mark.parametrize("path", sorted(set(re.findall(r"sandbox/[\w/.]+\.(?:py|json)", DOCS))))
def test_named_files_exist(path):
    assert (ROOT / path).is_file()


def test_the_commands_run_as_written(tmp_path):
    section = DOCS.partition("## Run it\n")[2].partition("\n## ")[0]
    start, call = re.findall(r"^    ((?:.*\\\n)*.+)", section, re.MULTILINE)
    given = "http://127.0.0.1:12111"
    assert start == "uv run python -m sandbox --port 12111"
    with running(*start.split()[3:5], folder=tmp_path, ready="/v1/customers") as sandbox:
        assert given in call
        command = call.replace(given, sandbox.base)
        done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True, timeout=60)
        assert json.loads(done.stdout)["customer"] == "cus_NbZ8Ki3f322LNn"
        assert f"Stripe at {sandbox.base}" in sandbox.output()
        example = re.search(r"^  (curl .*)", sandbox.output(), re.MULTILINE)
        assert example
        done = subprocess.run(["bash", "-c", example[1]], capture_output=True, text=True, check=True, timeout=60)
        assert json.loads(done.stdout)["card"]["last4"] == "4242"
