"""Lists as Stripe gives them: newest first, in pages between object ids."""

from collections.abc import Iterable

from sandbox.errors import MissingResource, StripeError
from sandbox.http.api_request import Call
from sandbox.json_objects import Json
from sandbox.objects.records import Collection, R

DEFAULT_LIMIT = 10


def page(records: Iterable[R], collection: Collection[R], call: Call) -> Json:
    """Returns one page of the records, which come newest first.

    A cursor is looked up in the whole collection: it may name an object that the records leave out.
    """
    after, before = (_position(collection, call, name) for name in ("starting_after", "ending_before"))
    if after is not None and before is not None:
        raise StripeError("Received both starting_after and ending_before parameters. Please pass in only one.")
    limit = call.params.get("limit", DEFAULT_LIMIT)
    if before is not None:
        newer = [record for record in records if record.sequence > before]
        return _envelope(newer[-limit:], len(newer) > limit, call)
    older = [record for record in records if after is None or record.sequence < after]
    return _envelope(older[:limit], len(older) > limit, call)


def _position(collection: Collection[R], call: Call, cursor: str) -> int | None:
    id = call.params.get(cursor)
    if id is None:
        return None
    record = collection.get(id)
    if record is None:
        raise MissingResource(collection.noun, id, cursor)
    return record.sequence


def _envelope(records: list[R], has_more: bool, call: Call) -> Json:
    return {"object": "list", "data": [record.body for record in records], "has_more": has_more, "url": call.path}


def created_matches(record: R, times: int | dict[str, int] | None) -> bool:
    """Returns whether the object was created at the time, or within the range, that a list asks for."""
    created: int = record.body["created"]
    if times is None or isinstance(times, int):
        return times is None or created == times
    tests = {"gt": created.__gt__, "gte": created.__ge__, "lt": created.__lt__, "lte": created.__le__}
    return all(tests[name](bound) for name, bound in times.items())
