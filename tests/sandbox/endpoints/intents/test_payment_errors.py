"""Refused requests about PaymentIntents, with Stripe's texts."""

import asyncio

import pytest

INTENTS = "/v1/payment_intents"
JENNY = "cus_NbZ8Ki3f322LNn"
MATEO = "cus_TT6bMT4UamxeFj"
JENNYS = "pm_1MqLiJLkdIwHu7ixUEgbFdYF"
CARDS = {"automatic_payment_methods": {"enabled": True, "allow_redirects": "never"}}
USD = {"amount": 1099, "currency": "usd"}


async def created(api, **params):
    return await api.done("POST", INTENTS, {**USD, **CARDS, **params})


async def paid(api, **params):
    return await created(api, confirm=True, payment_method="pm_card_visa", **params)


async def refused_step(api, intent, step, **params):
    return await api.refused(400, "POST", f"{INTENTS}/{intent['id']}{step}", params)


class TestOwnership:
    MESSAGE = (
        f"The `payment_method` parameter supplied {JENNYS} belongs to the Customer {JENNY}. Please include the Customer"
        " in the `customer` parameter on the PaymentIntent."
    )

    async def test_without_the_customer(self, api):
        error = await api.refused(400, "POST", INTENTS, {**USD, **CARDS, "payment_method": JENNYS})
        assert (error["code"], error["param"], error["message"]) == ("parameter_missing", "source", self.MESSAGE)
        body = await created(api)
        error = await refused_step(api, body, "/confirm", payment_method=JENNYS)
        assert (error["message"], error["payment_intent"]) == (self.MESSAGE, body)

    async def test_of_another_customer(self, api):
        body = await created(api, customer=MATEO)
        for step in ("", "/confirm"):
            error = await refused_step(api, body, step, payment_method=JENNYS)
            assert (error.get("code"), error["param"]) == (None, "payment_method")
            assert error["message"] == (
                f"The PaymentMethod {JENNYS} does not belong to the Customer you supplied {MATEO}. Please use this"
                " PaymentMethod with the Customer that it belongs to instead."
            )
        assert (await api.done("GET", f"{INTENTS}/{body['id']}")) == body

    async def test_unknown_customer(self, api):
        error = await api.refused(400, "POST", INTENTS, {**USD, "customer": "cus_x"})
        assert (error["code"], error["param"]) == ("resource_missing", "customer")

    async def test_list_of_a_customer(self, api):
        mine, other = await created(api, customer=JENNY), await created(api, customer=MATEO)
        page = await api.done("GET", INTENTS, {"customer": JENNY})
        assert [one["id"] for one in page["data"]] == [mine["id"]]
        page = await api.done("GET", INTENTS, {"limit": 1})
        assert ([one["id"] for one in page["data"]], page["has_more"]) == ([other["id"]], True)


class TestConfirm:
    async def test_return_url(self, api):
        body = await api.done("POST", INTENTS, USD)
        error = await refused_step(api, body, "/confirm", payment_method="pm_card_visa")
        assert error["message"].startswith("This PaymentIntent is configured to accept payment methods enabled in your")
        assert "code" not in error
        assert error["payment_intent"]["status"] == "requires_payment_method"

    async def test_no_payment_method(self, api):
        error = await refused_step(api, await created(api), "/confirm")
        assert error["code"] == "payment_intent_unexpected_state"
        assert error["message"].endswith("or confirm it again directly with a payment method or ConfirmationToken.")
        customer = await api.customer()
        error = await refused_step(api, await created(api, customer=customer), "/confirm")
        assert customer in error["message"]
        params = {**USD, **CARDS, "confirm": True}
        assert (await api.refused(400, "POST", INTENTS, params))["code"] == "payment_intent_unexpected_state"

    async def test_the_default_of_the_customer_pays(self, api):
        customer = await api.customer()
        pm = await api.attached(customer)
        default = {"invoice_settings": {"default_payment_method": pm}}
        await api.done("POST", f"/v1/customers/{customer}", default)
        body = await created(api, customer=customer)
        body = await api.done("POST", f"{INTENTS}/{body['id']}/confirm")
        assert (body["status"], body["payment_method"]) == ("succeeded", pm)

    async def test_burnt(self, api):
        burnt = (await paid(api))["payment_method"]
        error = await api.refused(400, "POST", INTENTS, {**USD, **CARDS, "confirm": True, "payment_method": burnt})
        assert error["message"].startswith(
            "The provided PaymentMethod was previously used with a PaymentIntent without"
        )

    async def test_type(self, api):
        error = await refused_step(
            api, await created(api, currency="eur"), "/confirm", payment_method="pm_usBankAccount_success"
        )
        assert error["message"].startswith(
            "The PaymentMethod provided (us_bank_account) is not allowed for this PaymentIntent."
        )

    async def test_twice(self, api):
        body = await paid(api)
        error = await refused_step(api, body, "/confirm", payment_method="pm_card_visa")
        message = (
            "You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed."
        )
        assert (error["code"], error["message"]) == ("payment_intent_unexpected_state", message)
        charges = await api.done("GET", "/v1/charges", {"payment_intent": body["id"]})
        assert len(charges["data"]) == 1

    async def test_many_times_concurrently(self, api):
        body = await created(api, payment_method="pm_card_visa")
        replies = await asyncio.gather(*(api.post(f"{INTENTS}/{body['id']}/confirm") for _ in range(50)))
        assert sorted(reply.status for reply in replies) == [200] + 49 * [400]
        charges = await api.done("GET", "/v1/charges", {"payment_intent": body["id"]})
        assert len(charges["data"]) == 1

    async def test_another_amount(self, api):
        body = await created(api, payment_method="pm_card_visa")
        error = await refused_step(api, body, "/confirm", amount_to_confirm=999)
        assert error["param"] == "amount_to_confirm"
        assert (await api.done("POST", f"{INTENTS}/{body['id']}/confirm", {"amount_to_confirm": 1099}))[
            "amount"
        ] == 1099

    @pytest.mark.parametrize(
        "params",
        [{"mandate": "m"}, {"off_session": True}, {"error_on_requires_action": True}, {"confirmation_token": "c"}],
    )
    async def test_parameters_that_need_confirm(self, api, params):
        error = await api.refused(400, "POST", INTENTS, {**USD, **params})
        [name] = params
        rule = "cannot be passed when creating a PaymentIntent unless `confirm` is set to true."
        assert error["message"] == f"The parameter `{name}` {rule}"


class TestAfterTheEnd:
    async def test_cancel(self, api, sandbox):
        body = await created(api, payment_method="pm_card_visa")
        body = await api.done("POST", f"{INTENTS}/{body['id']}/cancel", {"cancellation_reason": "duplicate"})
        assert (body["status"], body["cancellation_reason"]) == ("canceled", "duplicate")
        assert body["canceled_at"] == body["created"]
        assert sandbox.ledger.operations(body["id"]) == ["payment_intent.created", "payment_intent.canceled"]
        error = await refused_step(api, body, "/cancel")
        assert "because it has a status of canceled" in error["message"]
        error = await refused_step(api, body, "/confirm")
        assert "because it has a status of canceled" in error["message"]

    async def test_cancel_after_success(self, api):
        error = await refused_step(api, await paid(api), "/cancel")
        assert error["message"] == (
            "You cannot cancel this PaymentIntent because it has a status of succeeded. Only a PaymentIntent with one"
            " of the following statuses may be canceled: requires_payment_method, requires_capture,"
            " requires_reauthorization, requires_confirmation, requires_action, expired, processing."
        )

    async def test_changes_after_success(self, api):
        body = await paid(api)
        error = await refused_step(api, body, "", amount=2000)
        assert (error["code"], error["param"]) == ("payment_intent_unexpected_state", "amount")
        assert error["message"] == (
            "This PaymentIntent's amount could not be updated because it has a status of succeeded. You may only update"
            " the amount of a PaymentIntent with one of the following statuses: requires_payment_method,"
            " requires_confirmation, requires_action."
        )
        changes = {"description": "Tea", "metadata": {"order": "7"}}
        body = await api.done("POST", f"{INTENTS}/{body['id']}", changes)
        assert (body["description"], body["metadata"]) == ("Tea", {"order": "7"})

    async def test_update(self, api, sandbox):
        body = await created(api)
        shipping = {"name": "Jenny", "address": {"city": "Berlin"}}
        changes = {"amount": 2000, "customer": JENNY, "payment_method": JENNYS, "shipping": shipping}
        body = await api.done("POST", f"{INTENTS}/{body['id']}", {**changes, "setup_future_usage": "on_session"})
        assert (body["amount"], body["customer"], body["status"]) == (2000, JENNY, "requires_confirmation")
        assert (body["shipping"]["address"]["city"], body["shipping"]["carrier"]) == ("Berlin", None)
        body = await api.done("POST", f"{INTENTS}/{body['id']}", {"setup_future_usage": "", "shipping": ""})
        assert (body["setup_future_usage"], body["shipping"]) == (None, None)
        assert "payment_intent.updated" not in [one.body["type"] for one in sandbox.store.events.oldest_first()]


class TestCapture:
    async def test_whole(self, api, sandbox):
        body = await paid(api, capture_method="manual", customer=JENNY, setup_future_usage="off_session")
        assert (body["status"], body["amount_capturable"], body["amount_received"]) == ("requires_capture", 1099, 0)
        assert sandbox.ledger.operations()[-3:] == [
            "payment_method.attached",
            "charge.succeeded",
            "payment_intent.amount_capturable_updated",
        ]
        body = await api.done("POST", f"{INTENTS}/{body['id']}/capture", {"expand": ["latest_charge"]})
        assert (body["status"], body["amount_capturable"], body["amount_received"]) == ("succeeded", 0, 1099)
        assert body["latest_charge"]["captured"] is True
        assert sandbox.ledger.operations()[-2:] == ["charge.captured", "payment_intent.succeeded"]
        error = await refused_step(api, body, "/capture")
        assert "could not be captured because it has a status of succeeded" in error["message"]

    async def test_a_part(self, api):
        body = await paid(api, capture_method="manual")
        assert (await refused_step(api, body, "/capture", amount_to_capture=1100))["param"] == "amount_to_capture"
        params = {"amount_to_capture": 500, "expand": ["latest_charge"]}
        body = await api.done("POST", f"{INTENTS}/{body['id']}/capture", params)
        assert (body["amount_received"], body["latest_charge"]["amount_captured"]) == (500, 500)
        assert body["latest_charge"]["amount_refunded"] == 599

    async def test_cancel_releases(self, api, sandbox):
        body = await paid(api, capture_method="manual")
        body = await api.done("POST", f"{INTENTS}/{body['id']}/cancel", {"expand": ["latest_charge"]})
        assert (body["status"], body["amount_capturable"], body["latest_charge"]["refunded"]) == ("canceled", 0, True)
        assert sandbox.ledger.operations()[-2:] == ["charge.refunded", "payment_intent.canceled"]


class TestIds:
    async def test_unknown(self, api):
        for method, step in (("GET", ""), ("POST", "/confirm")):
            error = await api.refused(404, method, f"{INTENTS}/pi_x{step}")
            assert (error["code"], error["param"], error["message"]) == (
                "resource_missing",
                "intent",
                "No such payment_intent: 'pi_x'",
            )
        assert (await api.refused(404, "GET", "/v1/charges/ch_x"))["message"] == "No such charge: 'ch_x'"

    async def test_the_client_secret_as_id(self, api):
        body = await created(api)
        error = await api.refused(404, "GET", f"{INTENTS}/{body['client_secret']}")
        assert error["message"].startswith(
            "You passed a string that looks like a client secret as the PaymentIntent ID"
        )
        assert (error.get("code"), error["param"]) == (None, "intent")

    async def test_unsupported(self, api):
        error = await api.refused(400, "POST", INTENTS, {**USD, "on_behalf_of": "acct_1"})
        assert error["message"] == "This sandbox does not support on_behalf_of."
        error = await api.refused(400, "POST", INTENTS, {**USD, "payment_method_types": ["card"]})
        assert error["message"] == "Received unknown parameter: payment_method_types"
