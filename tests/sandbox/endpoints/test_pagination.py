"""Lists: newest first, with cursors."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox import create_sandbox
from tests.sandbox.driver import Api, http_client

METHODS = "/v1/payment_methods"
AMARA = "cus_T4qv4Qn42jKZ9G"
JENNYS = "pm_1MqLiJLkdIwHu7ixUEgbFdYF"
BOTH = "Received both starting_after and ending_before parameters. Please pass in only one."


async def ids(api, **params) -> list[str]:
    return [method["id"] for method in (await api.done("GET", METHODS, {"customer": AMARA, **params}))["data"]]


async def test_ten_by_default(api):
    body = await api.done("GET", METHODS, {"customer": AMARA})
    assert (len(body["data"]), body["has_more"]) == (10, True)


async def test_last_page_has_no_more(api):
    everything = await ids(api, limit=100)
    body = await api.done("GET", METHODS, {"customer": AMARA, "limit": 10, "starting_after": everything[5]})
    assert ([method["id"] for method in body["data"]], body["has_more"]) == (everything[6:], False)


async def test_page_before_a_cursor_is_the_nearest_one(api):
    everything = await ids(api, limit=100)
    body = await api.done("GET", METHODS, {"customer": AMARA, "limit": 3, "ending_before": everything[8]})
    assert ([method["id"] for method in body["data"]], body["has_more"]) == (everything[5:8], True)


async def test_filtered_page_takes_a_cursor_from_outside_the_filter(api):
    everything = await ids(api, limit=100)
    cards = await ids(api, limit=100, type="card")
    outside = next(pm for pm in everything if pm not in cards)
    after = await ids(api, limit=100, type="card", starting_after=outside)
    assert after == [pm for pm in cards if everything.index(pm) > everything.index(outside)]


async def test_cursor_of_another_customer_is_a_position(api):
    assert await ids(api, starting_after=JENNYS) == []
    assert await ids(api, limit=100, ending_before=JENNYS) == await ids(api, limit=100)


async def test_detached_method_is_still_a_cursor(api):
    everything = await ids(api, limit=100)
    await api.done("POST", f"{METHODS}/{everything[4]}/detach")
    assert await ids(api, limit=100, starting_after=everything[4]) == everything[5:]


@pytest.mark.parametrize("cursor", ["starting_after", "ending_before"])
async def test_unknown_cursor(api, cursor):
    error = await api.refused(400, "GET", METHODS, {"customer": AMARA, cursor: "pm_x"})
    assert (error["code"], error["param"]) == ("resource_missing", cursor)


async def test_both_cursors(api):
    params = {"customer": AMARA, "starting_after": JENNYS, "ending_before": JENNYS}
    assert await api.refused(400, "GET", METHODS, params) == {"type": "invalid_request_error", "message": BOTH}


async def test_unknown_cursor_is_checked_before_both(api):
    error = await api.refused(400, "GET", METHODS, {"customer": AMARA, "starting_after": JENNYS, "ending_before": "x"})
    assert (error["code"], error["param"]) == ("resource_missing", "ending_before")


@pytest.mark.parametrize("limit", ["0", "101", "-1", "ten", "1.5", "99999999999999999999"])
async def test_limit_out_of_range(api, limit):
    error = await api.refused(400, "GET", METHODS, {"customer": AMARA, "limit": limit})
    assert (error["code"], error["param"]) == ("parameter_invalid_integer", "limit")


async def test_empty_limit(api):
    error = await api.refused(400, "GET", METHODS, {"customer": AMARA, "limit": ""})
    assert error["code"] == "parameter_invalid_empty"


async def test_customers_are_paged_too(api):
    everything = [customer["id"] for customer in (await api.done("GET", "/v1/customers", {"limit": 100}))["data"]]
    body = await api.done("GET", "/v1/customers", {"limit": 1, "starting_after": everything[0]})
    assert ([customer["id"] for customer in body["data"]], body["has_more"]) == ([everything[1]], True)


async def test_deleted_customer_is_still_a_cursor(api):
    everything = [customer["id"] for customer in (await api.done("GET", "/v1/customers", {"limit": 100}))["data"]]
    await api.done("DELETE", f"/v1/customers/{everything[1]}")
    body = await api.done("GET", "/v1/customers", {"limit": 100, "starting_after": everything[1]})
    assert [customer["id"] for customer in body["data"]] == everything[2:]


@settings(deadline=None, max_examples=40)
@given(
    made=st.lists(st.sampled_from(["card", "klarna"]), max_size=25),
    limit=st.integers(1, 30),
    kind=st.sampled_from([None, "card", "klarna"]),
)
async def test_walks_visit_each_method_once(made, limit, kind):
    async with http_client(create_sandbox(seed=False)) as http:
        api = Api(http)
        customer = await api.customer()
        methods = [await _attached(api, customer, type) for type in made]
        wanted = [method["id"] for method in reversed(methods) if kind in (None, method["type"])]
        assert await _walk(api, customer, limit, kind, forwards=True) == wanted
        assert await _walk(api, customer, limit, kind, forwards=False) == wanted[:-1]


async def _attached(api, customer, type):
    pm = (await api.done("POST", METHODS, {"type": "klarna"}))["id"] if type == "klarna" else "pm_card_visa"
    return await api.done("POST", f"{METHODS}/{pm}/attach", {"customer": customer})


async def _walk(api, customer, limit, kind, *, forwards) -> list[str]:
    """Returns what all pages hold, from the newest on, or backwards from the oldest, which is left out."""
    url = f"/v1/customers/{customer}/payment_methods"
    params = {"limit": limit, **({"type": kind} if kind else {})}
    pages = []
    if not forwards:
        everything = (await api.done("GET", url, {**params, "limit": 100}))["data"]
        if not everything:
            return []
        params["ending_before"] = everything[-1]["id"]
    while True:
        body = await api.done("GET", url, params)
        page = [method["id"] for method in body["data"]]
        assert len(page) == limit or not body["has_more"]
        pages.append(page)
        if not body["has_more"]:
            return list(itertools.chain.from_iterable(pages if forwards else reversed(pages)))
        params |= {"starting_after": page[-1]} if forwards else {"ending_before": page[0]}
