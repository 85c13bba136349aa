"""expand[]: replaces an id with the object."""

import pytest

AMARA = "cus_T4qv4Qn42jKZ9G"
DEFAULT = "pm_1SSi2oLkdIwHu7ixbALnZ04S"
JENNY = "cus_NbZ8Ki3f322LNn"
JENNYS = "pm_1MqLiJLkdIwHu7ixUEgbFdYF"


@pytest.mark.parametrize("name", ["expand[]", "expand[0]", "expand[7]"])
async def test_expanded_customer(api, name):
    plain = await api.done("GET", f"/v1/payment_methods/{JENNYS}")
    body = await api.done("GET", f"/v1/payment_methods/{JENNYS}", {name: "customer"})
    assert body == {**plain, "customer": await api.done("GET", f"/v1/customers/{JENNY}")}
    assert await api.done("GET", f"/v1/payment_methods/{JENNYS}") == plain


async def test_on_attach_and_detach(api):
    pm = "pm_1MqM05LkdIwHu7ixlDxxO6Mc"
    params = {"customer": JENNY, "expand": ["customer"]}
    body = await api.done("POST", f"/v1/payment_methods/{pm}/attach", params)
    assert body["customer"]["name"] == "Jenny Rosen"
    body = await api.done("POST", f"/v1/payment_methods/{pm}/detach", {"expand": ["customer"]})
    assert body["customer"] is None


async def test_on_update_and_create(api):
    body = await api.done("POST", f"/v1/payment_methods/{JENNYS}", {"expand": ["customer"], "metadata": {"a": "1"}})
    assert body["customer"]["id"] == JENNY
    params = {
        "payment_method": "pm_card_visa",
        "invoice_settings": {"default_payment_method": "pm_card_visa"},
        "expand": ["invoice_settings.default_payment_method"],
    }
    body = await api.done("POST", "/v1/customers", params)
    assert body["invoice_settings"]["default_payment_method"]["customer"] == body["id"]


async def test_on_lists(api):
    params = {"customer": JENNY, "expand": ["data.customer"]}
    body = await api.done("GET", "/v1/payment_methods", params)
    assert [method["customer"]["id"] for method in body["data"]] == [JENNY]


async def test_four_levels(api):
    path = "customer.invoice_settings.default_payment_method.customer"
    body = await api.done("GET", f"/v1/payment_methods/{DEFAULT}", {"expand": [path]})
    assert body["customer"]["invoice_settings"]["default_payment_method"]["customer"]["id"] == AMARA
    inner = body["customer"]["invoice_settings"]["default_payment_method"]["customer"]
    assert inner["invoice_settings"]["default_payment_method"] == DEFAULT


async def test_several_paths(api):
    params = {"expand": ["customer", "customer.invoice_settings.default_payment_method", "customer.sources"]}
    body = await api.done("GET", f"/v1/payment_methods/{DEFAULT}", params)
    assert body["customer"]["invoice_settings"]["default_payment_method"]["id"] == DEFAULT
    assert body["customer"]["sources"]["data"] == []


@pytest.mark.parametrize("path", ["sources", "tax", "tax_ids", "cash_balance", "default_source", "test_clock"])
async def test_members_that_appear_only_when_expanded(api, path):
    assert path in await api.done("GET", f"/v1/customers/{JENNY}", {"expand": [path]})


async def test_deleted_customer_expands_to_its_stub(api):
    body = await api.done("GET", "/v1/payment_methods/pm_1SzzFrLkdIwHu7iximJ78Hih", {"expand": ["customer"]})
    assert body["customer"] == {"id": "cus_TAnSIolbJniaK5", "object": "customer", "deleted": True}


async def test_stub_itself(api):
    body = await api.done("GET", "/v1/customers/cus_TAnSIolbJniaK5", {"expand": ["sources"]})
    assert set(body) == {"id", "object", "deleted"}


@pytest.mark.parametrize("path", ["foo", "card", "customer.foo", "customer.address", "id", "", "customer."])
async def test_members_that_cannot_be_expanded(api, path):
    error = await api.refused(400, "GET", f"/v1/payment_methods/{JENNYS}", f"expand[0]={path}&expand[1]=customer")
    if path:
        message = f"This property cannot be expanded ({path})."
        assert error == {"type": "invalid_request_error", "message": message}


async def test_list_needs_data(api):
    error = await api.refused(400, "GET", "/v1/payment_methods", {"customer": JENNY, "expand": ["customer"]})
    assert error["message"].startswith("This property cannot be expanded (customer).")
    assert "data.customer" in error["message"]


async def test_five_levels_are_too_many(api):
    path = "data.customer.invoice_settings.default_payment_method.customer"
    error = await api.refused(400, "GET", "/v1/payment_methods", {"customer": JENNY, "expand": [path]})
    assert path in error["message"]


async def test_invalid_path_changes_nothing(api, sandbox):
    await api.refused(400, "POST", f"/v1/payment_methods/{JENNYS}/detach", {"expand": ["foo"]})
    assert sandbox.ledger.entries() == []


async def test_expand_is_a_list(api):
    error = await api.refused(400, "GET", f"/v1/payment_methods/{JENNYS}", {"expand": "customer"})
    assert error["param"] == "expand"
