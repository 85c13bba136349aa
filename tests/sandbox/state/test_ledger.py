from quality.harness.wallets import JENNY, JENNYS_CARD


async def test_an_entry_has_the_object_as_it_was_after_the_change(api, sandbox, clock):
    clock.now += 0.25
    await api.done("POST", f"/v1/payment_methods/{JENNYS_CARD}", {"billing_details[name]": "First"})
    await api.done("POST", f"/v1/payment_methods/{JENNYS_CARD}", {"billing_details[name]": "Second"})
    await api.done("POST", f"/v1/payment_methods/{JENNYS_CARD}/detach")
    first, second, detached = sandbox.ledger.entries()
    assert first.time == clock.now
    assert [entry.body["billing_details"]["name"] for entry in (first, second)] == ["First", "Second"]
    assert [entry.body["customer"] for entry in (first, second, detached)] == [JENNY, JENNY, None]


async def test_the_control_route_shows_no_body_and_whole_seconds(api, http, sandbox, clock):
    clock.now += 0.25
    await api.done("DELETE", f"/v1/customers/{JENNY}")
    shown = (await http.get("/_sandbox/ledger")).json()["entries"]
    assert shown[0]["time"] == int(clock.now)
    assert "body" not in shown[0]
    assert sandbox.ledger.last_seq == shown[-1]["seq"]


async def test_a_deleted_customer_is_recorded_as_it_was_before(api, sandbox):
    await api.done("DELETE", f"/v1/customers/{JENNY}")
    assert sandbox.ledger.entries()[0].body["email"] == "jenny.rosen@example.com"
