import json
from urllib.parse import parse_qs

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.harness import builders
from quality.harness.clients import Api, Recorder
from quality.harness.wallets import AMARA, DELETED
from resolvers.errors.exceptions import FieldError
from resolvers.pagination import PageRequest, fetch, page_request
from schema.connection import AllowRedisplay, PageArguments
from schema.payment_methods.payment_method_type import PaymentMethodType

PAGE = """
query PageRequest($id: ID!, $first: Int, $after: String, $last: Int, $before: String, $type: PaymentMethodType,
           $allowRedisplay: AllowRedisplay) {
  customer(id: $id) {
    paymentMethods(first: $first, after: $after, last: $last, before: $before, type: $type,
                   allowRedisplay: $allowRedisplay) {
      edges { cursor node { id type allowRedisplay } }
      nodes { id }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }
}
"""


@pytest.fixture
def page(api):
    async def page(**arguments):
        return (await api.data(PAGE, id=AMARA, **arguments))["customer"]["paymentMethods"]

    return page


@pytest.fixture
async def wallet(page):
    """The ids of the whole wallet, newest first."""
    return [node["id"] for node in (await page(first=100))["nodes"]]


async def test_the_first_ten_when_nothing_is_said(page, wallet):
    answer = await page()
    assert [edge["cursor"] for edge in answer["edges"]] == wallet[:10]
    assert answer["pageInfo"] == {
        "hasNextPage": True,
        "hasPreviousPage": False,
        "startCursor": wallet[0],
        "endCursor": wallet[9],
    }


@pytest.mark.parametrize("size", [1, 3, 7, 100])
async def test_forward_every_method_is_seen_once_newest_first(page, wallet, size):
    seen, after = [], None
    while True:
        answer = await page(first=size, after=after)
        seen += [node["id"] for node in answer["nodes"]]
        assert answer["pageInfo"]["hasPreviousPage"] is (after is not None)
        if not answer["pageInfo"]["hasNextPage"]:
            break
        after = answer["pageInfo"]["endCursor"]
    assert seen == wallet


@pytest.mark.parametrize("size", [1, 3, 7, 100])
async def test_backward_every_method_is_seen_once(page, wallet, size):
    seen, before = [], None
    while True:
        answer = await page(last=size, before=before)
        seen = [node["id"] for node in answer["nodes"]] + seen
        assert answer["pageInfo"]["hasNextPage"] is (before is not None)
        if not answer["pageInfo"]["hasPreviousPage"]:
            break
        before = answer["pageInfo"]["startCursor"]
    assert seen == wallet


async def test_before_alone_gives_the_ten_just_before(page, wallet):
    assert [node["id"] for node in (await page(before=wallet[12]))["nodes"]] == wallet[2:12]


async def test_a_type_can_be_asked_for(page):
    answer = await page(type="CARD", first=100)
    assert {edge["node"]["type"] for edge in answer["edges"]} == {"CARD"}


async def test_a_mark_can_be_asked_for(page):
    answer = await page(allowRedisplay="ALWAYS", first=100)
    assert answer["edges"]
    assert {edge["node"]["allowRedisplay"] for edge in answer["edges"]} == {"ALWAYS"}


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ({"first": 1, "last": 1}, "first or last"),
        ({"after": "pm_1", "before": "pm_2"}, "after"),
        ({"last": 1, "after": "pm_1"}, "after"),
        ({"first": 1, "before": "pm_1"}, "before"),
        ({"after": ""}, "after"),
        ({"before": ""}, "before"),
        ({"after": "pm_none"}, "after"),
        ({"last": 1, "before": "pm_none"}, "before"),
    ],
)
async def test_arguments_that_can_not_be_used_are_named(api, arguments, word):
    answer = await api(PAGE, id=AMARA, **arguments)
    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert error["message"].startswith(word) or word in error["message"]
    assert error["path"] == ["customer", "paymentMethods"]


EMPTY: dict[str, list[object]] = {"edges": [], "nodes": []}


@pytest.mark.parametrize(
    ("arguments", "at", "next", "previous"),
    [
        ({"first": 0}, None, True, False),
        ({"first": 0, "after": 0}, "after", True, True),
        ({"first": 0, "after": -1}, "after", False, True),
        ({"last": 0}, None, False, True),
        ({"last": 0, "before": -1}, "before", True, True),
        ({"last": 0, "before": 0}, "before", True, False),
    ],
)
async def test_a_page_of_size_0_is_empty_and_tells_what_is_around_it(api, wallet, arguments, at, next, previous):
    if at is not None:
        arguments = {**arguments, at: wallet[arguments[at]]}
    api.stripe.clear()
    page = (await api.data(PAGE, id=AMARA, **arguments))["customer"]["paymentMethods"]
    around = {"hasNextPage": next, "hasPreviousPage": previous, "startCursor": None, "endCursor": None}
    assert page == {**EMPTY, "pageInfo": around}
    assert api.stripe.calls == ["GET /v1/customers/:cus/payment_methods"]


@pytest.mark.parametrize("size", ["first", "last"])
async def test_a_page_of_size_0_of_an_empty_wallet(settings, size):
    async with Api(settings, wallet_of([])) as api:
        page = (await api.data(PAGE, id="cus_1", **{size: 0}))["customer"]["paymentMethods"]
    around = {"hasNextPage": False, "hasPreviousPage": False, "startCursor": None, "endCursor": None}
    assert page == {**EMPTY, "pageInfo": around}


@pytest.mark.parametrize("id", ["cus_none", DELETED])
async def test_a_page_of_size_0_of_a_missing_customer(api, id):
    assert await api.data(PAGE, id=id, first=0) == {"customer": None}


def wallet_of(ids):
    """An upstream whose only customer has these methods, newest first; answers as Stripe does."""

    def answer(request):
        params = {name: values[0] for name, values in parse_qs(request.url.query.decode()).items()}
        limit, found, more = int(params["limit"]), list(ids), False
        if "starting_after" in params:
            found = found[found.index(params["starting_after"]) + 1 :]
        if "ending_before" in params:
            found = found[: found.index(params["ending_before"])]
            more, found = len(found) > limit, found[-limit:]
        else:
            more, found = len(found) > limit, found[:limit]
        body = {"object": "list", "data": [builders.payment_method(id) for id in found], "has_more": more, "url": "/"}
        return httpx.Response(200, content=json.dumps(body))

    return Recorder(httpx.MockTransport(answer))


@given(count=st.integers(0, 250), last=st.integers(1, 100))
def test_the_tail_of_a_list_is_its_oldest(count, last):
    import anyio

    from serving.settings.settings import Settings

    async def run():
        stripe = wallet_of([f"pm_{n}" for n in range(count)])
        async with Api(Settings(), stripe) as api:
            answer = (await api.data(PAGE, id="cus_1", last=last))["customer"]["paymentMethods"]
        assert [node["id"] for node in answer["nodes"]] == [f"pm_{n}" for n in range(count)][-last:]
        assert answer["pageInfo"]["hasPreviousPage"] is (count > last)
        assert answer["pageInfo"]["hasNextPage"] is False
        assert len(stripe.calls) == max(1, -(-count // 100))

    anyio.run(run)


ARGUMENTS = st.builds(
    PageArguments,
    first=st.none() | st.integers(-5, 105),
    after=st.none() | st.text(max_size=3),
    last=st.none() | st.integers(-5, 105),
    before=st.none() | st.text(max_size=3),
    type=st.none() | st.sampled_from(list(PaymentMethodType)),
    allow_redisplay=st.none() | st.sampled_from(list(AllowRedisplay)),
)


@given(ARGUMENTS)
def test_a_page_is_something_that_stripe_takes_or_a_clear_refusal(arguments):
    try:
        page = page_request(arguments)
    except FieldError:
        return
    assert 0 <= page.limit <= 100
    assert not (page.starting_after and page.ending_before)
    assert page.type != "unknown"


async def test_a_list_that_never_ends_is_given_up():
    async def endless(page):
        return {"data": [{"id": "pm_1"}], "has_more": True}

    with pytest.raises(FieldError):
        await fetch(PageRequest(limit=5, tail=True), endless)
