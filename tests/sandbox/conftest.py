import pytest

from sandbox import Sandbox, create_sandbox
from tests.sandbox.driver import Api, http_client
from tests.sandbox.serving import served


class Time:
    """A clock whose time is `now`."""

    def __init__(self) -> None:
        self.now = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture
def clock():
    return Time()


@pytest.fixture
def sandbox(clock) -> Sandbox:
    return create_sandbox(clock=clock)


@pytest.fixture
async def http(sandbox):
    async with http_client(sandbox) as client:
        yield client


@pytest.fixture
async def api(http) -> Api:
    return Api(http)


@pytest.fixture
def address(sandbox):
    """The address of the sandbox on a real socket."""
    with served(sandbox) as address:
        yield address
