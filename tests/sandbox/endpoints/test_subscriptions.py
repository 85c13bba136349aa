"""Subscriptions, and which payment method each one uses."""

import pytest

URL = "/v1/subscriptions"
AMARA = "cus_T4qv4Qn42jKZ9G"
ACTIVE, CANCELED, MATEOS = (
    "sub_1SVk7pLkdIwHu7ixb3RfYw9u",
    "sub_1SRh2cLkdIwHu7ixqX0vJtNe",
    "sub_1SWn4sLkdIwHu7ixK6eCzP1m",
)
NOOR = "cus_NvK2dY8uTqLw4R"
BY_SOURCE, BY_DEFAULT, BY_INVOICE = (
    "sub_1NZ4taLkdIwHu7ixVh6KpD3c",
    "sub_1NZ4tbLkdIwHu7ixMe1XuW8s",
    "sub_1NZ4tcLkdIwHu7ixTz5GyA9k",
)
PAYS = "pm_1SUEuFLkdIwHu7ixPFpSCBNf"


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({"customer": AMARA}, [ACTIVE]),
        ({"customer": AMARA, "status": "all"}, [ACTIVE, CANCELED]),
        ({"customer": AMARA, "status": "canceled"}, [CANCELED]),
        ({"customer": AMARA, "status": "ended"}, [CANCELED]),
        ({"customer": AMARA, "status": "active"}, [ACTIVE]),
        ({"customer": AMARA, "status": "trialing"}, []),
        ({"status": "all"}, [MATEOS, ACTIVE, CANCELED, BY_INVOICE, BY_DEFAULT, BY_SOURCE]),
        ({"customer": NOOR}, [BY_INVOICE, BY_DEFAULT, BY_SOURCE]),
        ({"customer": NOOR, "collection_method": "charge_automatically"}, [BY_DEFAULT, BY_SOURCE]),
        ({"price": "price_1SQ9cTLkdIwHu7ixLx8sGd2V"}, [ACTIVE]),
        ({"collection_method": "send_invoice"}, [BY_INVOICE]),
        ({"customer": "cus_NbZ8Ki3f322LNn"}, []),
        ({"limit": 1, "starting_after": MATEOS}, [ACTIVE]),
    ],
)
async def test_list(api, params, found):
    body = await api.done("GET", URL, params)
    assert [subscription["id"] for subscription in body["data"]] == found


@pytest.mark.parametrize(
    ("params", "param"), [({"customer": "cus_x"}, "customer"), ({"status": "over"}, "status"), ({"foo": "1"}, "foo")]
)
async def test_refused_parameters(api, params, param):
    assert (await api.refused(400, "GET", URL, params))["param"] == param


async def test_retrieve(api):
    body = await api.done("GET", f"{URL}/{ACTIVE}", {"expand": ["default_payment_method", "customer"]})
    assert (body["default_payment_method"]["id"], body["customer"]["id"]) == (PAYS, AMARA)
    assert (await api.refused(404, "GET", f"{URL}/sub_x"))["code"] == "resource_missing"


async def test_list_with_the_methods_that_pay(api):
    params = {"customer": AMARA, "expand": ["data.default_payment_method"]}
    body = await api.done("GET", URL, params)
    assert [subscription["default_payment_method"]["id"] for subscription in body["data"]] == [PAYS]


async def test_customer_with_its_subscriptions(api):
    params = {"expand": ["subscriptions.data.default_payment_method"]}
    body = await api.done("GET", f"/v1/customers/{AMARA}", params)
    assert [item["default_payment_method"]["id"] for item in body["subscriptions"]["data"]] == [PAYS]


async def test_detach_leaves_the_subscription_to_the_default(api, sandbox):
    await api.done("POST", f"/v1/payment_methods/{PAYS}/detach")
    body = await api.done("GET", f"{URL}/{ACTIVE}")
    assert (body["status"], body["default_payment_method"]) == ("active", None)
    assert sandbox.ledger.operations() == ["payment_method.detached", "customer.subscription.updated"]


async def test_deleting_the_customer_ends_the_subscription(api, sandbox):
    await api.done("DELETE", f"/v1/customers/{AMARA}")
    assert (await api.done("GET", f"{URL}/{ACTIVE}"))["status"] == "canceled"
    assert (await api.done("GET", f"{URL}/{MATEOS}"))["status"] == "active"
    assert sandbox.ledger.operations() == ["customer.deleted", "customer.subscription.deleted"]


JENNY = "cus_NbZ8Ki3f322LNn"
JENNYS = "pm_1MqLiJLkdIwHu7ixUEgbFdYF"
MATEO = "cus_TT6bMT4UamxeFj"
UNATTACHED = "pm_1MqM05LkdIwHu7ixlDxxO6Mc"
PRICE = "price_1SQ9cTLkdIwHu7ixLx8sGd2V"
PRICE_DATA = {"currency": "eur", "product": "prod_x", "recurring": {"interval": "month"}, "unit_amount": 900}
NOT_THE_CUSTOMERS = (
    "The customer does not have a payment method with the ID {}. The payment method must be attached to the customer."
)


async def subscribed(api, customer=JENNY, **params):
    given = {"customer": customer, "items": [{"price": PRICE}], "default_payment_method": JENNYS, **params}
    return await api.done("POST", URL, {name: value for name, value in given.items() if value is not None})


class TestCreate:
    async def test_it_is_active_and_paid_by_the_named_method(self, api, sandbox):
        body = await subscribed(api, description="Tea", metadata={"shop": "1"})
        assert (body["status"], body["customer"], body["default_payment_method"]) == ("active", JENNY, JENNYS)
        assert (body["description"], body["metadata"], body["currency"]) == ("Tea", {"shop": "1"}, "eur")
        assert body["items"]["data"][0]["price"]["id"] == PRICE
        assert await api.done("GET", f"{URL}/{body['id']}") == body
        assert sandbox.ledger.operations() == ["customer.subscription.created"]
        event = (await api.done("GET", "/v1/events"))["data"][0]
        assert (event["type"], event["data"]) == ("customer.subscription.created", {"object": body})

    @pytest.mark.parametrize(
        ("recurring", "days"),
        [
            ({"interval": "day", "interval_count": 3}, 3),
            ({"interval": "week"}, 7),
            ({"interval": "month"}, 30),
            ({"interval": "year"}, 365),
        ],
        ids=["days", "week", "month", "year"],
    )
    async def test_price_data(self, api, clock, recurring, days):
        data = {**PRICE_DATA, "recurring": recurring}
        body = await subscribed(api, items=[{"price_data": data, "quantity": 2}])
        item = body["items"]["data"][0]
        assert (item["price"]["unit_amount"], item["quantity"], item["plan"]["amount"]) == (900, 2, 900)
        assert item["current_period_end"] - item["current_period_start"] == days * 86_400
        reused = {"customer": JENNY, "items": [{"price": item["price"]["id"]}]}
        assert (await api.refused(400, "POST", URL, reused))["param"] == "items[0][price]"

    async def test_a_month_that_starts_on_the_31st_ends_on_the_last_day(self, api, clock):
        clock.now = 1_801_353_600.0  # 2027-01-31
        item = (await subscribed(api))["items"]["data"][0]
        assert item["current_period_end"] == 1_803_772_800  # 2027-02-28

    async def test_the_customers_default_pays_if_there_is_one(self, api):
        body = await subscribed(api, MATEO, default_payment_method=None)
        assert (body["status"], body["default_payment_method"]) == ("active", None)

    async def test_nothing_can_pay(self, api, sandbox):
        error = await api.refused(400, "POST", URL, {"customer": JENNY, "items": [{"price": PRICE}]})
        assert error["code"] == "resource_missing"
        assert error["message"].startswith("This customer has no attached payment source or default payment method.")
        assert "param" not in error
        assert sandbox.ledger.entries() == []

    @pytest.mark.parametrize(
        ("params", "status"),
        [
            ({"trial_period_days": 7}, "trialing"),
            ({"trial_end": 1_790_000_500}, "trialing"),
            ({"collection_method": "send_invoice", "days_until_due": 14}, "active"),
            ({"items": [{"price": PRICE, "quantity": 0}]}, "active"),
            ({"payment_behavior": "default_incomplete"}, "incomplete"),
        ],
        ids=lambda value: next(iter(value)) if isinstance(value, dict) else value,
    )
    async def test_nothing_is_due_yet(self, api, params, status):
        body = await subscribed(api, default_payment_method=None, **params)
        assert body["status"] == status

    async def test_a_trial_ends_with_the_first_period(self, api, clock):
        body = await subscribed(api, default_payment_method=None, trial_period_days=7)
        end = int(clock.now) + 7 * 86_400
        assert (body["trial_start"], body["trial_end"]) == (int(clock.now), end)
        assert body["items"]["data"][0]["current_period_end"] == end

    async def test_a_customer_who_is_an_account(self, api):
        account = "acct_1SQ7ZkLkdIwHu7ix"
        params = {"customer_account": account, "items": [{"price": PRICE}], "trial_period_days": 7}
        body = await api.done("POST", URL, params)
        assert (body["customer"], body["customer_account"]) == ("cus_TCFLqRqKHBr1NO", account)
        found = await api.done("GET", URL, {"customer_account": account})
        assert [subscription["id"] for subscription in found["data"]] == [body["id"]]

    @pytest.mark.parametrize(
        ("params", "status", "code", "param"),
        [
            ({"customer": None}, 400, "parameter_missing", None),
            ({"customer": "cus_x"}, 404, "resource_missing", "customer"),
            ({"customer": "cus_TAnSIolbJniaK5"}, 404, "resource_missing", "customer"),
            ({"customer_account": "acct_1SQ7ZkLkdIwHu7ix"}, 400, None, "customer"),
            ({"customer": None, "customer_account": "acct_x"}, 400, "resource_missing", "customer_account"),
            ({"items": None}, 400, "parameter_missing", "items"),
            ({"items": [{"price": "price_x"}]}, 400, "resource_missing", "items[0][price]"),
            ({"items": [{"quantity": 1}]}, 400, "parameter_missing", "items[0][price]"),
            ({"default_payment_method": "pm_x"}, 400, "resource_missing", "default_payment_method"),
            ({"default_source": "card_x"}, 400, "resource_missing", "default_source"),
            ({"collection_method": "send_invoice"}, 400, None, "days_until_due"),
            ({"discounts": [{"coupon": "c"}]}, 400, None, "discounts"),
            ({"foo": 1}, 400, "parameter_unknown", "foo"),
        ],
    )
    async def test_refused(self, api, sandbox, params, status, code, param):
        given = {"customer": JENNY, "items": [{"price": PRICE}], **params}
        given = {name: value for name, value in given.items() if value is not None}
        error = await api.refused(status, "POST", URL, given)
        assert (error.get("code"), error.get("param")) == (code, param)
        assert sandbox.ledger.entries() == []

    async def test_a_key_creates_one(self, api, sandbox):
        params = {"customer": MATEO, "items": [{"price": PRICE}]}
        first = await api.post(URL, params, idempotency_key="k1")
        again = await api.post(URL, params, idempotency_key="k1")
        assert (again.body, again.headers["idempotent-replayed"]) == (first.body, "true")
        assert sandbox.ledger.operations() == ["customer.subscription.created"]


@pytest.mark.parametrize("pm", [UNATTACHED, "pm_1SKR9pLkdIwHu7ixFQFSECCd", PAYS])
async def test_a_method_that_is_not_the_customers_can_not_pay(api, sandbox, pm):
    given = {"customer": JENNY, "items": [{"price": PRICE}], "default_payment_method": pm}
    refusal = {
        "message": NOT_THE_CUSTOMERS.format(pm),
        "param": "payment_method",
        "type": "invalid_request_error",
    }
    assert await api.refused(400, "POST", URL, given) == refusal
    assert await api.refused(400, "POST", f"{URL}/{MATEOS}", {"default_payment_method": pm}) == refusal
    assert sandbox.ledger.entries() == []


class TestUpdate:
    async def test_it_moves_to_another_method_and_back_to_the_default(self, api, sandbox):
        other = await api.attached(AMARA)
        body = await api.done("POST", f"{URL}/{ACTIVE}", {"default_payment_method": other})
        assert body["default_payment_method"] == other
        body = await api.done("POST", f"{URL}/{ACTIVE}", {"default_payment_method": ""})
        assert body["default_payment_method"] is None
        assert sandbox.ledger.operations(ACTIVE) == ["customer.subscription.updated"] * 2
        events = (await api.done("GET", "/v1/events", {"type": "customer.subscription.updated"}))["data"]
        changes = [event["data"]["previous_attributes"] for event in events]
        assert changes == [{"default_payment_method": other}, {"default_payment_method": PAYS}]

    async def test_the_same_method_again_creates_no_event(self, api, sandbox):
        await api.done("POST", f"{URL}/{ACTIVE}", {"default_payment_method": PAYS})
        assert sandbox.ledger.entries() == []

    async def test_a_legacy_card_becomes_the_source(self, api):
        body = await api.done("POST", f"{URL}/{BY_SOURCE}", {"default_source": "card_1N3LkaLkdIwHu7ixQw8ZtP5v"})
        assert body["default_source"] == "card_1N3LkaLkdIwHu7ixQw8ZtP5v"

    async def test_cancellation_at_the_end_of_the_period_can_be_undone(self, api, clock):
        before = await api.done("GET", f"{URL}/{ACTIVE}")
        body = await api.done("POST", f"{URL}/{ACTIVE}", {"cancel_at_period_end": True})
        assert (body["status"], body["cancel_at_period_end"]) == ("active", True)
        assert (body["cancel_at"], body["canceled_at"]) == (1796112000, int(clock.now))
        assert body["cancellation_details"]["reason"] == "cancellation_requested"
        assert await api.done("POST", f"{URL}/{ACTIVE}", {"cancel_at_period_end": False}) == before

    async def test_metadata_is_merged(self, api):
        await api.done("POST", f"{URL}/{ACTIVE}", {"metadata": {"a": "1", "b": "2"}})
        body = await api.done("POST", f"{URL}/{ACTIVE}", {"metadata": {"a": ""}, "description": "Coffee"})
        assert (body["metadata"], body["description"]) == ({"b": "2"}, "Coffee")

    async def test_a_trial_ends_now(self, api, clock):
        id = (await subscribed(api, trial_period_days=7))["id"]
        clock.now += 60
        body = await api.done("POST", f"{URL}/{id}", {"trial_end": "now"})
        assert (body["status"], body["trial_end"]) == ("active", int(clock.now))

    async def test_a_canceled_one_changes_its_metadata_only(self, api):
        assert (await api.done("POST", f"{URL}/{CANCELED}", {"metadata": {"a": "1"}}))["metadata"] == {"a": "1"}
        for params in ({"default_payment_method": ""}, {"metadata": {"a": "2"}, "description": "x"}):
            assert await api.refused(400, "POST", f"{URL}/{CANCELED}", params) == {
                "code": "invalid_canceled_subscription_fields",
                "message": "A canceled subscription can only update its cancellation_details and metadata.",
                "type": "invalid_request_error",
            }
        assert (await api.done("GET", f"{URL}/{CANCELED}"))["metadata"] == {"a": "1"}

    @pytest.mark.parametrize(
        ("params", "param"),
        [
            ({"default_payment_method": "pm_x"}, "default_payment_method"),
            ({"items": [{"price": PRICE}]}, "items"),
            ({"collection_method": "send_invoice"}, "days_until_due"),
            ({"customer": JENNY}, "customer"),
        ],
    )
    async def test_refused(self, api, sandbox, params, param):
        assert (await api.refused(400, "POST", f"{URL}/{ACTIVE}", params))["param"] == param
        assert sandbox.ledger.entries() == []


class TestCancel:
    async def test_it_ends_immediately_and_only_once(self, api, sandbox, clock):
        details = {"comment": "Too bitter", "feedback": "low_quality"}
        body = await api.done("DELETE", f"{URL}/{ACTIVE}", {"cancellation_details": details})
        assert (body["status"], body["ended_at"], body["canceled_at"]) == ("canceled", clock.now, clock.now)
        assert body["cancellation_details"] == {**details, "reason": "cancellation_requested"}
        assert sandbox.ledger.operations() == ["customer.subscription.deleted"]
        assert (await api.refused(404, "DELETE", f"{URL}/{ACTIVE}"))["message"] == f"No such subscription: '{ACTIVE}'"

    async def test_the_event_has_the_canceled_subscription(self, api):
        body = await api.done("DELETE", f"{URL}/{ACTIVE}")
        event = (await api.done("GET", "/v1/events"))["data"][0]
        assert (event["type"], event["data"]["object"]) == ("customer.subscription.deleted", body)
        assert event["request"]["idempotency_key"] is None


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
async def test_unknown(api, method):
    error = await api.refused(404, method, f"{URL}/sub_x")
    assert (error["code"], error["param"], error["message"]) == (
        "resource_missing",
        "id",
        "No such subscription: 'sub_x'",
    )
