"""The auditor finds each kind of untruth, and accepts every response that the bounds allow."""

import httpx
import pytest

from quality.truth.auditor import audit
from quality.truth.deadlines import Bounds
from quality.truth.log import Log, Observation, ServiceWrite
from quality.truth.reads import Fact
from quality.truth.world import STRIPE_KEY
from sandbox import create_sandbox

HEADERS = {"Authorization": f"Bearer {STRIPE_KEY}"}
BOUNDS = Bounds(cached=600, swept=75)
WRITTEN = {"Idempotency-Key": "of the service"}


class Ledger:
    """A customer whose email address changes at chosen times."""

    def __init__(self) -> None:
        self.now = 0.0
        self.sandbox = create_sandbox(seed=False, clock=lambda: self.now)
        self.log = Log(self.sandbox, lambda: self.now)
        self.customer = ""

    async def at(self, time: float, email: str, **headers: str) -> str | None:
        """Change the address. Returns the id of the change's event."""
        self.now = time
        transport = httpx.ASGITransport(app=self.sandbox)
        async with httpx.AsyncClient(transport=transport, base_url="http://stripe", headers=HEADERS) as client:
            path = f"/v1/customers/{self.customer}" if self.customer else "/v1/customers"
            body = (await client.post(path, data={"email": email}, headers=headers)).json()
        self.customer = body["id"]
        return self.log.events[self.sandbox.ledger.last_seq][0]

    def shown(self, email: str, start: float, end: float, **options) -> list[str]:
        """The violations if a response between these times shows this address."""
        fact = Fact("the address", email, lambda state: state.customers.get(self.customer, {}).get("email"))
        options = {"no_cache": False, "ids": frozenset(), **options}
        self.log.observations = [Observation(self.customer, "someone", start, end, facts=[fact], **options)]
        return list(audit(self.customer, self.log, BOUNDS))


@pytest.fixture
async def ledger():
    ledger = Ledger()
    await ledger.at(0, "old@example.com")
    return ledger


async def test_a_response_may_show_every_state_between_its_start_and_its_end(ledger):
    await ledger.at(10, "new@example.com")
    assert ledger.shown("old@example.com", 9, 11) == []
    assert ledger.shown("new@example.com", 9, 11) == []


async def test_a_state_of_the_future_never_existed(ledger):
    await ledger.at(10, "new@example.com")
    assert "never existed" in ledger.shown("new@example.com", 8, 9)[0]


async def test_a_value_of_no_state_never_existed(ledger):
    assert "never existed" in ledger.shown("other@example.com", 8, 9)[0]


async def test_an_accepted_event_ends_the_time_of_the_old_state(ledger):
    event = await ledger.at(10, "new@example.com")
    ledger.now = 20
    ledger.log.accept(event)
    assert ledger.shown("old@example.com", 20, 21) == []
    assert "is stale" in ledger.shown("old@example.com", 20.1, 21)[0]
    assert ledger.shown("new@example.com", 20.1, 21) == []


async def test_a_sweep_finds_a_lost_event(ledger):
    await ledger.at(10, "new@example.com")
    assert ledger.shown("old@example.com", 84, 85) == []
    assert "is stale" in ledger.shown("old@example.com", 86, 87)[0]


async def test_the_bound_of_the_cache_holds_without_events(ledger):
    await ledger.at(10, "new@example.com")
    ledger.log.events.clear()
    assert ledger.shown("old@example.com", 609, 610) == []
    assert "is stale" in ledger.shown("old@example.com", 611, 612)[0]


async def test_a_write_of_the_service_is_seen_after_its_response(ledger):
    await ledger.at(10, "new@example.com", **WRITTEN)
    ledger.log.writes = [ServiceWrite(ledger.customer, 9, 11)]
    assert ledger.shown("old@example.com", 11, 12) == []
    assert "is stale" in ledger.shown("old@example.com", 11.1, 12)[0]


async def test_a_change_at_stripe_during_a_write_is_not_the_write(ledger):
    await ledger.at(10, "new@example.com")
    ledger.log.writes = [ServiceWrite(ledger.customer, 9, 11)]
    assert ledger.shown("old@example.com", 12, 13) == []


async def test_a_read_with_no_cache_shows_the_state_at_its_start(ledger):
    await ledger.at(10, "new@example.com")
    assert ledger.shown("old@example.com", 9, 11, no_cache=True) == []
    assert "is stale" in ledger.shown("old@example.com", 10.1, 11, no_cache=True)[0]


async def test_ids_of_others_are_reported(ledger):
    assert ledger.shown("old@example.com", 8, 9, ids=frozenset({ledger.customer})) == []
    assert "ids of other customers" in ledger.shown("old@example.com", 8, 9, ids=frozenset({"cus_other"}))[0]
