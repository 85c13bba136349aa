"""The README's examples run unchanged and return the responses that it shows."""

from __future__ import annotations

import json
import re
import shlex

import pytest

from quality.harness.processes import ROOT

README = (ROOT / "README.md").read_text()
QUERIES = {name: text for text, name in re.findall(r"```graphql\n((?:query|mutation) (\w+).*?)```", README, re.DOTALL)}
ANSWERS = dict(re.findall(r"<!-- answer: (\w+) -->\n```json\n(.*?)```", README, re.DOTALL))


def test_each_document_has_its_answer():
    assert set(QUERIES) == set(ANSWERS)


@pytest.mark.parametrize("name", sorted(ANSWERS))
async def test_answers_are_what_the_service_answers(api, name):
    assert json.loads(ANSWERS[name]) == await api(QUERIES[name])


@pytest.mark.parametrize("line", re.findall(r"^curl .*$", README, re.MULTILINE))
async def test_curl_lines_are_whole(line):
    command = shlex.split(line)
    assert command[0] == "curl"
    if "-d" in command and command[command.index("-d") + 1].startswith("{"):
        assert json.loads(command[command.index("-d") + 1])["query"]


def test_links_lead_somewhere():
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
