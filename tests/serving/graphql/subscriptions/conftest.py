"""The service behind a server, without anonymous callers and with short intervals."""

import pytest

from quality.harness.tokens import bearer
from quality.harness.wallets import JENNY
from tests.support.served import serving


@pytest.fixture(autouse=True)
def short_window(monkeypatch):
    monkeypatch.setattr("changes.streams.coalescing.WINDOW_SECONDS", 0.03)


@pytest.fixture
def settings(default_settings):
    return default_settings.model_copy(update={"allow_anonymous": False, "subscription_heartbeat": 0.2})


@pytest.fixture
async def served(settings, stripe):
    async with serving(settings, stripe) as served:
        yield served


@pytest.fixture
def jenny(settings):
    return bearer(settings, customer=JENNY)


@pytest.fixture
def service(settings):
    return bearer(settings, service=True)
