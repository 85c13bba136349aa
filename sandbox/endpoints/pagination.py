"""Pages of a list: newest first, before or after the object whose id is the cursor."""

from collections.abc import Callable, Iterable

from sandbox.errors import MissingResource, StripeError
from sandbox.http.api_request import ApiRequest
from sandbox.json_object import Json
from sandbox.state.collection import Collection, R

DEFAULT_LIMIT = 10


def filtered_page(collection: Collection[R], request: ApiRequest, matches: Callable[[R], bool]) -> Json:
    """Returns one page of the objects that match, and that were created when the parameter `created` says."""
    created = request.params.get("created")
    records = [record for record in collection.newest_first() if matches(record) and _is_created_in(record, created)]
    return page(records, collection, request)


def page(records: Iterable[R], collection: Collection[R], request: ApiRequest) -> Json:
    """Returns one page of the records, which must be sorted newest first.

    The cursor may name any object of the collection, including one that the filters exclude.
    """
    after, before = (_position(collection, request, name) for name in ("starting_after", "ending_before"))
    if after is not None and before is not None:
        raise StripeError("Received both starting_after and ending_before parameters. Please pass in only one.")
    limit = request.params.get("limit", DEFAULT_LIMIT)
    if before is not None:
        newer = [record for record in records if record.sequence > before]
        return _list_object(newer[-limit:], len(newer) > limit, request)
    older = [record for record in records if after is None or record.sequence < after]
    return _list_object(older[:limit], len(older) > limit, request)


def _is_created_in(record: R, range: int | dict[str, int] | None) -> bool:
    """Returns whether the object was created at the given time or within the given range."""
    created: int = record.body["created"]
    if range is None or isinstance(range, int):
        return range is None or created == range
    compare = {"gt": created.__gt__, "gte": created.__ge__, "lt": created.__lt__, "lte": created.__le__}
    return all(compare[name](bound) for name, bound in range.items())


def _position(collection: Collection[R], request: ApiRequest, cursor: str) -> int | None:
    id = request.params.get(cursor)
    if id is None:
        return None
    record = collection.get(id)
    if record is None:
        raise MissingResource(collection.noun, id, cursor)
    return record.sequence


def _list_object(records: list[R], has_more: bool, request: ApiRequest) -> Json:
    return {"object": "list", "data": [record.body for record in records], "has_more": has_more, "url": request.path}
