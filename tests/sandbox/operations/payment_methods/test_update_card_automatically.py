"""POST /_sandbox/card_updates: the card network replaces a saved card."""

import pytest

JENNYS = "pm_1MqLiJLkdIwHu7ixUEgbFdYF"
UPDATES = "/_sandbox/card_updates"


async def test_new_expiry_date(api, http):
    before = await api.done("GET", f"/v1/payment_methods/{JENNYS}")
    body = {"payment_method": JENNYS, "exp_month": 4, "exp_year": 2031}
    updated = (await http.post(UPDATES, json=body)).json()
    assert updated == {**before, "card": {**before["card"], "exp_month": 4, "exp_year": 2031}}
    assert await api.done("GET", f"/v1/payment_methods/{JENNYS}") == updated
    [event] = (await api.done("GET", "/v1/events"))["data"]
    old = {"card": {"exp_month": before["card"]["exp_month"], "exp_year": before["card"]["exp_year"]}}
    assert event["type"] == "payment_method.automatically_updated"
    assert event["data"] == {"object": updated, "previous_attributes": old}
    assert event["request"] == {"id": None, "idempotency_key": None}


async def test_new_number_has_another_fingerprint(api, http, sandbox):
    before = await api.done("GET", f"/v1/payment_methods/{JENNYS}")
    updated = (await http.post(UPDATES, json={"payment_method": JENNYS, "last4": "1881"})).json()
    assert updated["card"]["last4"] == "1881"
    assert updated["card"]["fingerprint"] != before["card"]["fingerprint"]
    [event] = (await api.done("GET", "/v1/events"))["data"]
    assert event["data"]["previous_attributes"]["card"].keys() == {"fingerprint", "last4"}
    assert sandbox.ledger.operations(JENNYS) == ["payment_method.automatically_updated"]


async def test_same_card_creates_no_event(api, http):
    card = (await api.done("GET", f"/v1/payment_methods/{JENNYS}"))["card"]
    await http.post(UPDATES, json={"payment_method": JENNYS, "last4": card["last4"]})
    assert (await api.done("GET", "/v1/events"))["data"] == []


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"payment_method": JENNYS}, "exp_month"),
        ({"exp_month": 4}, "payment_method"),
        ({"payment_method": JENNYS, "exp_month": 13}, "exp_month"),
        ({"payment_method": JENNYS, "exp_month": "4"}, "exp_month"),
        ({"payment_method": JENNYS, "last4": "123"}, "last4"),
        ({"payment_method": JENNYS, "last4": "\u0661\u0661\u0661\u0661"}, "last4"),
        ({"payment_method": JENNYS, "brand": "visa"}, "brand"),
        ({"payment_method": "pm_x", "exp_month": 4}, "No such PaymentMethod: 'pm_x'"),
        ({"payment_method": "pm_1MqM05LkdIwHu7ixlDxxO6Mc", "exp_month": 4}, "attached to a customer"),
    ],
)
async def test_invalid_update_changes_nothing(http, sandbox, body, named):
    response = await http.post(UPDATES, json=body)
    assert response.status_code == 400
    assert named in response.json()["error"]["message"]
    assert sandbox.ledger.entries() == []
