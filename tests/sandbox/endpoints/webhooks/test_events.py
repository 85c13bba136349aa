"""GET /v1/events, and which change creates which event."""

import pytest

from tests.sandbox import openapi, sdk_types

JENNY = "cus_NbZ8Ki3f322LNn"
JENNYS = "pm_1MqLiJLkdIwHu7ixUEgbFdYF"
MATEO = "cus_TT6bMT4UamxeFj"
# Pays a subscription of Amara, and is not her default.
SUBSCRIPTIONS = "pm_1SUEuFLkdIwHu7ixPFpSCBNf"
MONTH = 30 * 24 * 60 * 60


@pytest.fixture
def events(api):
    """Returns all events, oldest first. The shape of each object in them is checked."""

    async def read(**params) -> list[dict]:
        listed = (await api.done("GET", "/v1/events", {"limit": 100, **params}))["data"]
        for event in listed:
            check_object(event["data"]["object"])
        return listed[::-1]

    return read


def check_object(body: dict) -> None:
    assert sdk_types.problems(body) == []
    if openapi.available():
        openapi.validate_object(body)


def types(events: list[dict]) -> list[str]:
    return [event["type"] for event in events]


class TestChanges:
    async def test_attach(self, api, events):
        method = await api.done("POST", "/v1/payment_methods/pm_card_visa/attach", {"customer": JENNY})
        [event] = await events()
        assert event["type"] == "payment_method.attached"
        assert event["data"] == {"object": method}
        assert event["data"]["object"]["card"]["checks"]["cvc_check"] == "pass"

    async def test_attach_that_changes_nothing(self, api, events):
        await api.done("POST", f"/v1/payment_methods/{JENNYS}/attach", {"customer": JENNY})
        assert await events() == []

    async def test_declined_attach(self, api, events):
        await api.refused(402, "POST", "/v1/payment_methods/pm_card_visa_chargeDeclined/attach", {"customer": JENNY})
        assert await events() == []

    async def test_creation_of_a_payment_method(self, api, events):
        await api.unattached()
        assert await events() == []

    async def test_detach(self, api, events):
        method = await api.done("POST", f"/v1/payment_methods/{JENNYS}/detach")
        [event] = await events()
        assert event["type"] == "payment_method.detached"
        assert event["data"] == {"object": method, "previous_attributes": {"customer": JENNY}}
        assert method["customer"] is None

    async def test_update_of_a_payment_method(self, api, events):
        params = {"card": {"exp_month": 12, "exp_year": 2030}, "metadata": {"a": "1"}}
        before = await api.done("GET", f"/v1/payment_methods/{JENNYS}")
        method = await api.done("POST", f"/v1/payment_methods/{JENNYS}", params)
        [event] = await events()
        old = {"exp_month": before["card"]["exp_month"], "exp_year": before["card"]["exp_year"]}
        assert event["type"] == "payment_method.updated"
        assert event["data"] == {"object": method, "previous_attributes": {"card": old, "metadata": {"a": None}}}

    async def test_update_that_changes_nothing(self, api, events):
        await api.done("POST", f"/v1/payment_methods/{JENNYS}")
        await api.done("POST", f"/v1/customers/{JENNY}", {"name": "Jenny Rosen"})
        assert await events() == []

    async def test_creation_of_a_customer(self, api, events):
        params = {"payment_method": "pm_card_visa", "invoice_settings": {"default_payment_method": "pm_card_visa"}}
        customer = await api.done("POST", "/v1/customers", params)
        created, attached = await events()
        assert types([created, attached]) == ["customer.created", "payment_method.attached"]
        assert created["data"] == {"object": customer}

    async def test_changed_default(self, api, events):
        new = await api.attached(JENNY)
        for method, previous in ((JENNYS, None), (new, JENNYS), ("", new)):
            params = {"invoice_settings": {"default_payment_method": method}}
            customer = await api.done("POST", f"/v1/customers/{JENNY}", params)
            event = (await events())[-1]
            old = {"invoice_settings": {"default_payment_method": previous}}
            assert event["type"] == "customer.updated"
            assert event["data"] == {"object": customer, "previous_attributes": old}

    async def test_renamed_customer(self, api, events):
        await api.done("POST", f"/v1/customers/{JENNY}", {"name": "Jenny"})
        [event] = await events()
        assert event["data"]["previous_attributes"] == {"name": "Jenny Rosen"}

    async def test_deleted_customer(self, api, events):
        customer = await api.done("GET", f"/v1/customers/{JENNY}")
        await api.delete(f"/v1/customers/{JENNY}")
        [event] = await events()
        assert (event["type"], event["data"]) == ("customer.deleted", {"object": customer})
        assert event["request"]["idempotency_key"] is None

    async def test_deleted_customer_with_a_subscription(self, api, events):
        await api.delete(f"/v1/customers/{MATEO}")
        deleted, ended = await events()
        assert types([deleted, ended]) == ["customer.deleted", "customer.subscription.deleted"]
        assert ended["data"]["object"]["status"] == "canceled"

    async def test_payment_method_of_a_deleted_customer(self, api, events):
        await api.delete(f"/v1/customers/{JENNY}")
        await api.done("POST", f"/v1/payment_methods/{JENNYS}/detach")
        assert (await events())[-1]["data"]["previous_attributes"] == {"customer": JENNY}

    async def test_detached_default(self, api, events):
        customer = await api.done("GET", f"/v1/customers/{MATEO}")
        await api.done("POST", f"/v1/payment_methods/{customer['invoice_settings']['default_payment_method']}/detach")
        assert types(await events()) == ["payment_method.detached"]

    async def test_detached_default_with_events_for_what_it_clears(self, api, http, events):
        await http.post("/_sandbox/settings", json={"events_for_cleared_defaults": True})
        customer = await api.done("GET", f"/v1/customers/{MATEO}")
        default = customer["invoice_settings"]["default_payment_method"]
        await api.done("POST", f"/v1/payment_methods/{default}/detach")
        detached, updated = await events()
        assert types([detached, updated]) == ["payment_method.detached", "customer.updated"]
        assert updated["data"]["previous_attributes"] == {"invoice_settings": {"default_payment_method": default}}
        await api.done("POST", f"/v1/payment_methods/{SUBSCRIPTIONS}/detach")
        _, _, detached, updated = await events()
        assert types([detached, updated]) == ["payment_method.detached", "customer.subscription.updated"]
        assert updated["data"]["previous_attributes"] == {"default_payment_method": SUBSCRIPTIONS}


class TestSetupIntents:
    async def create(self, api, **params) -> dict:
        automatic = {"enabled": True, "allow_redirects": "never"}
        params = {"customer": JENNY, "automatic_payment_methods": automatic, **params}
        return (await api.post("/v1/setup_intents", params)).body

    async def test_created_and_confirmed(self, api, events):
        intent = await self.create(api, payment_method="pm_card_visa", confirm=True)
        created, attached, succeeded = await events()
        assert types([created, attached, succeeded]) == [
            "setup_intent.created", "payment_method.attached", "setup_intent.succeeded",
        ]  # fmt: skip
        assert created["data"]["object"]["status"] == "requires_confirmation"
        assert succeeded["data"] == {"object": intent}
        assert len({event["request"]["id"] for event in (created, attached, succeeded)}) == 1

    async def test_declined(self, api, events):
        await self.create(api, payment_method="pm_card_visa_chargeDeclined", confirm=True)
        created, failed = await events()
        assert types([created, failed]) == ["setup_intent.created", "setup_intent.setup_failed"]
        assert failed["data"]["object"]["last_setup_error"]["code"] == "card_declined"

    async def test_canceled_and_updated(self, api, events):
        intent = await self.create(api)
        await api.done("POST", f"/v1/setup_intents/{intent['id']}", {"description": "Annual plan"})
        await api.done("POST", f"/v1/setup_intents/{intent['id']}/cancel")
        assert types(await events()) == ["setup_intent.created", "setup_intent.canceled"]

    @pytest.mark.parametrize(
        ("outcome", "then"),
        [
            ("complete", ["payment_method.attached", "setup_intent.succeeded"]),
            ("fail", ["setup_intent.setup_failed"]),
        ],
    )
    async def test_three_d_secure(self, api, http, events, outcome, then):
        intent = await self.create(api, payment_method="pm_card_authenticationRequired", confirm=True)
        await http.post(intent["next_action"]["redirect_to_url"]["url"], data={"outcome": outcome})
        assert types(await events()) == ["setup_intent.created", "setup_intent.requires_action", *then]


class TestEvent:
    async def test_members(self, api, clock):
        await api.done("POST", f"/v1/customers/{JENNY}", {"name": "Jenny"}, idempotency_key="k1",
                       stripe_version="2024-06-20")  # fmt: skip
        event = (await api.done("GET", "/v1/events"))["data"][0]
        request = event["request"]
        assert event["id"].startswith("evt_1")
        assert event == await api.done("GET", f"/v1/events/{event['id']}")
        assert {name: event[name] for name in event.keys() - {"id", "data", "request"}} == {
            "object": "event",
            "api_version": "2026-10-28.endive",
            "created": int(clock.now),
            "livemode": False,
            "pending_webhooks": 0,
            "type": "customer.updated",
        }
        assert (request["id"][:4], request["idempotency_key"]) == ("req_", "k1")

    async def test_request_id_is_that_of_the_response(self, api, events):
        reply = await api.post(f"/v1/customers/{JENNY}", {"name": "Jenny"})
        [event] = await events()
        assert event["request"] == {"id": reply.headers["request-id"], "idempotency_key": None}

    async def test_replayed_request(self, api, events):
        for _ in range(2):
            await api.done("POST", f"/v1/payment_methods/{JENNYS}/detach", idempotency_key="k1")
        assert types(await events()) == ["payment_method.detached"]

    async def test_object_keeps_the_state_of_the_event(self, api, http, events):
        method = await api.attached(JENNY)
        await api.done("POST", f"/v1/customers/{JENNY}", {"invoice_settings": {"default_payment_method": method}})
        before = await events()
        changes = {"metadata": {"a": "1"}, "billing_details": {"name": "Jenny"}, "card": {"exp_year": 2031}}
        await api.done("POST", f"/v1/payment_methods/{method}", changes)
        await http.post("/_sandbox/card_updates", json={"payment_method": method, "last4": "1881"})
        await api.done("POST", f"/v1/payment_methods/{method}/detach")
        await api.done("POST", f"/v1/customers/{JENNY}", {"metadata": {"a": "1"}})
        assert len(await events()) == 6
        assert (await events())[:2] == before

    async def test_seeded_objects_have_no_events(self, events):
        assert await events() == []

    async def test_reset_deletes_events(self, api, http, events):
        await api.customer()
        await http.post("/_sandbox/reset")
        assert await events() == []

    async def test_unknown_event(self, api):
        error = await api.refused(404, "GET", "/v1/events/evt_x")
        assert (error["code"], error["param"], error["message"]) == ("resource_missing", "id", "No such event: 'evt_x'")

    async def test_thirty_days(self, api, clock, events):
        await api.customer()
        [event] = await events()
        clock.now += MONTH
        assert await events() == [event]
        clock.now += 1
        assert await events() == []
        error = await api.refused(404, "GET", f"/v1/events/{event['id']}")
        assert "is no longer available because it's aged out of our retention policy" in error["message"]


class TestList:
    @pytest.fixture
    async def three(self, api, clock, events):
        """Three events, one second apart."""
        await api.attached(JENNY)
        clock.now += 1
        await api.done("POST", f"/v1/payment_methods/{JENNYS}/detach")
        clock.now += 1
        await api.customer()
        return await events()

    async def test_newest_first(self, api, three):
        listed = await api.done("GET", "/v1/events")
        assert listed["data"] == three[::-1]
        assert listed["url"] == "/v1/events"

    @pytest.mark.parametrize(
        ("params", "expected"),
        [
            ({"type": "customer.created"}, [2]),
            ({"type": "payment_method.*"}, [0, 1]),
            ({"type": "*"}, [0, 1, 2]),
            ({"type": "charge.*"}, []),
            ({"types": ["customer.created", "payment_method.attached"]}, [0, 2]),
            ({"delivery_success": True}, [0, 1, 2]),
            ({"delivery_success": False}, []),
        ],
    )
    async def test_filters(self, events, three, params, expected):
        assert await events(**params) == [three[index] for index in expected]

    async def test_created(self, events, three):
        second = three[1]["created"]
        assert await events(created=second) == three[1:2]
        assert await events(created={"gte": second}) == three[1:]

    async def test_catch_up_from_the_last_known_event(self, api, three):
        page = await api.done("GET", "/v1/events", {"ending_before": three[0]["id"], "limit": 1})
        assert (page["data"], page["has_more"]) == (three[1:2], True)
        page = await api.done("GET", "/v1/events", {"starting_after": three[1]["id"]})
        assert (page["data"], page["has_more"]) == (three[:1], False)

    async def test_type_and_types(self, api):
        params = {"type": "customer.*", "types": ["customer.created"]}
        assert (await api.refused(400, "GET", "/v1/events", params))["param"] == "type"

    async def test_too_many_types(self, api):
        params = {"types": ["customer.created"] * 21}
        assert (await api.refused(400, "GET", "/v1/events", params))["param"] == "types"
