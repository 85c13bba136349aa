"""Each test is in the category of what it uses."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.harness.clients import Api
from quality.harness.processes import free_port, running
from tests.client_stories import builds
from tests.conftest import api, store
from tests.support.categories import category_number, starts_processes
from tests.support.workers import make_once


@pytest.mark.parametrize("function", [running, builds.tool, builds.relay, store])
def test_a_use_of_subprocess_is_found_through_helpers(function):
    assert starts_processes(function)


@pytest.mark.parametrize("function", [free_port, make_once, api, Api.data])
def test_everything_else_starts_no_process(function):
    assert not starts_processes(function)


def test_a_unit_test_that_starts_a_process_fails(request):
    assert category_number(request.node) == 3
    start = importlib.import_module("subprocess").run
    with pytest.raises(pytest.fail.Exception, match="process"):
        start([sys.executable, "--version"], check=True)


@given(st.booleans())
def test_a_property_is_a_search(request, value):
    assert category_number(request.node) == 2


@pytest.mark.process
def test_a_marked_test_may_start_one():
    subprocess.run([sys.executable, "--version"], check=True, capture_output=True)
