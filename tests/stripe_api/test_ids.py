"""Which ids are sent to Stripe, as part of a path or as a parameter."""

import contextlib
import inspect

import httpx
import pytest

from quality.harness.clients import Recorder
from serving.auth import customer_id
from stripe_api import InvalidRequestError, StripeClient, ids

NO_ID = [
    "",
    ".",
    "..",
    "../customers",
    "pm_1/../../customers",
    "pm_1%2F..",
    "pm_1?expand=x",
    "pm_1#x",
    "pm 1",
    "pm_1\n",
    "pm_1\x00",
    "pm_1\\",
    "ümlaut",
    "pm_\uff11",
    "\ud800",
    "x" * 256,
]
NO_ID_BUT_OF_A_CUSTOMER = ["shop.7", "jenny@example.com", "a+b", ".x", "x."]
OF_ANYTHING = ["pm_1", "card_1-x", "x" * 255, "7", "-", "_"]

PARAMETERS = {"customer", "customer_account", "ending_before", "payment_method", "starting_after"}
"""The endpoints' parameters that hold an id, besides `id`."""


def upstream():
    return Recorder(httpx.MockTransport(lambda request: httpx.Response(200, json={"id": "x"})))


def endpoints(stripe):
    """The client's endpoints that take an id, with the name of the parameter that holds it."""
    for group in ("customers", "payment_intents", "payment_methods", "setup_intents", "subscriptions"):
        for name, method in inspect.getmembers(getattr(stripe, group), inspect.ismethod):
            if name.startswith("_"):
                continue
            for parameter in inspect.signature(method).parameters:
                if parameter == "id" or parameter in PARAMETERS:
                    yield group, name, parameter


def stripe_over(transport):
    return StripeClient(transport, api_key="sk_test_x", base_url="http://stripe", api_version="x").session()


ENDPOINTS = sorted(endpoints(stripe_over(upstream())))


async def call(stripe, group, name, parameter, id):
    method = getattr(getattr(stripe, group), name)
    given = {
        one.name: {} if one.name == "params" else "x_1"
        for one in inspect.signature(method).parameters.values()
        if one.default is inspect.Parameter.empty
    }
    await method(**{**given, parameter: id})


def names_a_customer(group, parameter):
    return parameter == "customer" or (group == "customers" and parameter == "id")


async def sent(group, name, parameter, id):
    """Whether the endpoint makes a request with this id."""
    transport = upstream()
    with contextlib.suppress(InvalidRequestError):
        await call(stripe_over(transport), group, name, parameter, id)
    return bool(transport.requests)


@pytest.mark.parametrize(("group", "name", "parameter"), ENDPOINTS)
async def test_no_endpoint_sends_what_is_no_id(group, name, parameter):
    unsets = (group, name, parameter) == ("customers", "set_default_payment_method", "payment_method")
    for id in NO_ID:
        assert await sent(group, name, parameter, id) is (unsets and id == ""), id


@pytest.mark.parametrize(("group", "name", "parameter"), ENDPOINTS)
async def test_customers_alone_may_have_dots_and_the_signs_of_addresses(group, name, parameter):
    for id in NO_ID_BUT_OF_A_CUSTOMER:
        assert await sent(group, name, parameter, id) is names_a_customer(group, parameter), id


@pytest.mark.parametrize(("group", "name", "parameter"), ENDPOINTS)
async def test_every_endpoint_sends_an_id(group, name, parameter):
    for id in OF_ANYTHING:
        assert await sent(group, name, parameter, id), id


@pytest.mark.parametrize(
    "params",
    [
        {"customer": "../x"},
        {"customer_account": "../x"},
        {"payment_method": "../x"},
        {"invoice_settings": {"default_payment_method": "../x"}},
    ],
)
async def test_ids_within_the_parameters_of_a_write_are_checked_too(params):
    transport = upstream()
    with pytest.raises(InvalidRequestError) as caught:
        await stripe_over(transport).setup_intents.create(params)
    assert (caught.value.http_status, caught.value.code) == (400, "resource_missing")
    assert transport.requests == []


@pytest.mark.parametrize("id", [*NO_ID, *NO_ID_BUT_OF_A_CUSTOMER, *OF_ANYTHING, "a..b", "cus_1"])
def test_tokens_name_customers_by_the_same_rule(id):
    assert bool(customer_id.CUSTOMER_ID.fullmatch(id)) is bool(ids.CUSTOMER_ID.fullmatch(id))


@pytest.mark.parametrize("id", ["a..b", "..", "a/../b", "a@..", "..@a"])
def test_no_customer_has_two_dots_in_a_row(id):
    assert ids.CUSTOMER_ID.fullmatch(id) is None
