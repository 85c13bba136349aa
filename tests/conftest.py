"""Fixtures of all tests: the sandbox behind a recording transport, and GraphQL over HTTP in front of the service."""

from __future__ import annotations

import functools
import gc
import os
import sys
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

import app
from quality.harness.clients import Api, Recorder
from quality.harness.stores import Store
from sandbox import create_sandbox
from serving.server.process import GC_THRESHOLD
from serving.settings.settings import Settings
from tests.support import missing
from tests.support.categories import Guard, categorise, category_number

SHARED = Path(__file__).parent.parent.parent / "shared"

# httpx looks for this package in every request to an app, which takes longer when it isn't installed than the request.
sys.modules.setdefault("sniffio", None)  # type: ignore[arg-type]

hypothesis_settings.register_profile(
    "default", deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
hypothesis_settings.load_profile("default")


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture(autouse=True, scope="session")
def plans_from_the_start():
    """Operations are compiled when they come first, so that every test goes through the plans."""
    patch = pytest.MonkeyPatch()
    patch.setattr("execution.plans.cache.COMPILE_AFTER", 1)
    yield
    patch.undo()


@pytest.fixture(autouse=True)
def undeclared_errors(caplog):
    """A test fails if a mutation returned an error that it does not declare."""
    yield
    undeclared = [one for one in caplog.get_records("call") if one.name == "attache.undeclared_errors"]
    assert not undeclared, [one.getMessage() for one in undeclared]


@pytest.fixture(scope="session")
def default_settings():
    """Without the read cache, so that tests count all REST calls."""
    return Settings(read_cache_seconds=0)


@pytest.fixture(autouse=True, scope="session")
def one_executor(default_settings):
    """Services with the default settings share their documents and plans, which take longer to make than to execute."""
    create = app.create_executor
    shared = create(default_settings)
    patch = pytest.MonkeyPatch()
    patch.setattr(app, "create_executor", lambda settings: shared if settings is default_settings else create(settings))
    yield
    patch.undo()


@pytest.fixture(scope="module")
def shared_executors():
    """Services of one module share their documents and plans where their settings are equal."""
    patch = pytest.MonkeyPatch()
    patch.setattr(app, "create_executor", functools.cache(app.create_executor))
    yield
    patch.undo()


@pytest.fixture(autouse=True, scope="session")
def certificates_once():
    """Clients of httpx share what they load of the authorities' certificates: each load takes 25 ms."""
    create = functools.cache(lambda file, **options: httpx.create_ssl_context(**options))
    patch = pytest.MonkeyPatch()
    patch.setattr(
        "httpx._transports.default.create_ssl_context",
        lambda **options: create(os.environ.get("SSL_CERT_FILE"), **options),
    )
    yield
    patch.undo()


@pytest.fixture
def settings(default_settings):
    """The default settings. They are read from the environment once, which takes longer than most tests."""
    return default_settings


@pytest.fixture
def sandbox():
    return create_sandbox()


@pytest.fixture
def stripe(sandbox):
    return Recorder.over(sandbox)


@pytest.fixture
async def api(settings, stripe):
    async with Api(settings, stripe) as api:
        yield api


@pytest.fixture(scope="session")
def shared():
    if not SHARED.is_dir():
        pytest.skip(missing.SHARED_DESIGN)
    return SHARED


@pytest.fixture
def garbage():
    """The names of those types of which the collector finds objects; each time since it was last asked."""
    gc.disable()

    def found(types):
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        # isinstance would ask a weak proxy for the object that it no longer has.
        names = {type(one).__name__ for one in gc.garbage if issubclass(type(one), types)}
        gc.set_debug(0)
        gc.garbage.clear()
        gc.collect()
        return names

    yield found
    gc.enable()


@pytest.fixture
def quick(monkeypatch):
    """No waiting between tries."""
    monkeypatch.setattr("stripe_api.retries.INITIAL_DELAY", 0.0)
    monkeypatch.setattr("stripe_api.retries.MAX_DELAY", 0.0)


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path)
    store.start()
    yield store
    store.stop()


guard = Guard()


def pytest_addoption(parser):
    parser.addoption("--no-skips", action="store_true", help="fail when a test is skipped that could run")


def pytest_xdist_auto_num_workers(config):
    """One worker more than cores, because many tests wait; none for single files, so that their output is shown."""
    if all(".py" in argument for argument in config.args):
        return 0
    return min(8, (os.cpu_count() or 1) + 1)


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """Keep the garbage collector off what exists before the first test, and let it come as seldom as in the service."""
    gc.disable()
    result = yield
    gc.freeze()
    gc.set_threshold(GC_THRESHOLD)
    gc.enable()
    return result


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items):
    """Categorise the tests before they are selected. The slow ones start first, so that no worker ends with them."""
    for item in items:
        categorise(item)
    yield
    items.sort(key=category_number)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    guard.running = item
    result = yield
    guard.running = None
    return result


def pytest_terminal_summary(terminalreporter, config):
    """With --no-skips a skipped test is a failure, unless what it needs can't be installed."""
    if not config.getoption("--no-skips"):
        return
    skipped = terminalreporter.stats.get("skipped", [])
    unexpected = [report.nodeid for report in skipped if "shared design" not in str(report.longrepr)]
    if unexpected:
        terminalreporter.section("skipped, though nothing may be")
        terminalreporter.write_lines(unexpected)
        terminalreporter._session.exitstatus = pytest.ExitCode.TESTS_FAILED
