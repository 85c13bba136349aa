"""The limit on stored events."""

from sandbox.objects.webhooks.event import Event
from sandbox.state.events import Events


def test_the_oldest_events_are_deleted_at_the_limit():
    events = Events("event", 2)
    for id in ("evt_1", "evt_2", "evt_3"):
        events.add(Event({"id": id}))
    assert [event.id for event in events.newest_first()] == ["evt_3", "evt_2"]
    assert events.get("evt_1") is None
