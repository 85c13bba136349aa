"""The limit on stored objects that a client can't delete."""

from sandbox.objects.webhooks.event import Event
from sandbox.state.collection import Collection


def test_the_oldest_events_are_deleted_at_the_limit():
    events = Collection[Event]("event", 2, drops_oldest=True)
    for id in ("evt_1", "evt_2", "evt_3"):
        events.add(Event({"id": id}))
    assert [event.id for event in events.newest_first()] == ["evt_3", "evt_2"]
    assert events.get("evt_1") is None
