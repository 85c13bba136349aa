"""The command line's commands, and how much of the service each of them loads."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib

import pytest

from cli import SCHEMA_FORMATS
from quality.harness.processes import ROOT, ended, environment
from serving.graphql.schema_files import SCHEMA_FILES
from serving.version import VERSION

# Each takes between a tenth and half of a second to import.
HEAVY = {"aiohttp", "graphql", "httpx", "opentelemetry", "prometheus_client", "redis", "starlette", "strawberry"}
LOADED = """
import sys
from cli import main
try:
    main(sys.argv[1:])
finally:
    print(*sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
"""
SECRET = {"AUTH_SECRET": "s" * 40, "SANDBOX": "true"}


def loaded(*arguments: str, **variables: str) -> set[str]:
    """The top-level modules that a command has imported when it ends."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *arguments],
        cwd=ROOT,
        env=environment(**variables),
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return set(done.stderr.splitlines()[-1].split())


@pytest.mark.parametrize(
    ("arguments", "variables"),
    [
        (("token", "--service"), {}),
        (("token", "--customer", "cus_1"), SECRET),
        (("settings",), {}),
        (("check",), {}),
        (("check",), SECRET),
    ],
)
def test_commands_without_the_schema_load_little(arguments, variables):
    assert loaded(*arguments, **variables).isdisjoint(HEAVY)


def test_a_check_of_many_settings_loads_only_what_reads_them():
    live = {
        "STRIPE_SECRET_KEY": "sk_live_x",
        "AUTH_ISSUER": "https://login.example",
        "AUTH_AUDIENCE": "wallet",
        "CORS_ORIGINS": "https://shop.example",
        "REDIS_URL": "redis://store",
    }
    # redis-py imports OpenTelemetry's API.
    assert loaded("check", **live).isdisjoint(HEAVY - {"httpx", "redis", "opentelemetry"})


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_options_that_only_print_load_less_still(option):
    assert loaded(option).isdisjoint({*HEAVY, "jwt", "pydantic"})


def test_the_version_is_that_of_the_package():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert ended("--version").stdout == f"attache {VERSION}\n"
    assert project["version"] == VERSION


def test_each_form_of_the_schema_can_be_chosen():
    assert tuple(SCHEMA_FILES) == SCHEMA_FORMATS


def test_modules_of_the_root_are_checked_packed_and_sent_to_the_image():
    modules = {path.name for path in ROOT.glob("*.py")}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packed = set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"])
    packages = re.search(r"^PACKAGES := (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    checked = set(packages[1].split())
    sent = set(re.findall(r"^!(\w+\.py)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE))
    assert modules <= checked
    assert modules - {"hatch_build.py"} <= packed
    assert sent == modules - {"hatch_build.py"}
