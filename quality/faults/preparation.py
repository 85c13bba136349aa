"""Creates the fixtures of an operation by calls to the sandbox."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from urllib.parse import urlsplit

from quality.harness import wire

Prepared = dict[str, str]
"""Ids by fixture name. `customer` is always present."""


async def prepare(sandbox: int, fixtures: Sequence[str]) -> Prepared:
    """Create a customer with the named fixtures. Returns their ids."""
    ids = {"customer": (await wire.call(sandbox, "POST", "/v1/customers"))["id"]}
    for name in fixtures:
        await _FIXTURES[name](sandbox, ids)
    return ids


async def _attach(sandbox: int, ids: Prepared, name: str, token: str) -> None:
    found = await wire.call(sandbox, "POST", f"/v1/payment_methods/{token}/attach", customer=ids["customer"])
    ids[name] = found["id"]


async def _set_default(sandbox: int, ids: Prepared, name: str) -> None:
    default = {"invoice_settings[default_payment_method]": ids[name]}
    await wire.call(sandbox, "POST", f"/v1/customers/{ids['customer']}", **default)


async def _unattached(sandbox: int, ids: Prepared) -> None:
    params = {"type": "card", "card[token]": "tok_mastercard"}
    ids["loose"] = (await wire.call(sandbox, "POST", "/v1/payment_methods", **params))["id"]


async def _default(sandbox: int, ids: Prepared) -> None:
    await _attach(sandbox, ids, "default", "pm_card_jcb")
    await _set_default(sandbox, ids, "default")


async def _intent(sandbox: int, ids: Prepared) -> None:
    params = {"customer": ids["customer"], "automatic_payment_methods[enabled]": "true"}
    params["automatic_payment_methods[allow_redirects]"] = "never"
    ids["intent"] = (await wire.call(sandbox, "POST", "/v1/setup_intents", **params))["id"]


async def _saved(sandbox: int, ids: Prepared) -> None:
    """A SetupIntent that a device has confirmed, and the saved card."""
    params = {"customer": ids["customer"], "payment_method": "pm_card_amex", "confirm": "true", "return_url": _BACK}
    intent = await wire.call(sandbox, "POST", "/v1/setup_intents", **params)
    ids["intent"], ids["saved"] = intent["id"], intent["payment_method"]


async def _generated(sandbox: int, ids: Prepared) -> None:
    """A SetupIntent that the payer has completed at a bank, and the saved SEPA debit."""
    params = {"customer": ids["customer"], "confirm": "true", "return_url": _BACK}
    params |= {"allowed_payment_method_types[]": "ideal", "payment_method_data[type]": "ideal"}
    params |= _OFFLINE | {f"payment_method_data[billing_details][{name}]": value for name, value in _PAYER.items()}
    intent = await wire.call(sandbox, "POST", "/v1/setup_intents", **params)
    page = urlsplit(intent["next_action"]["redirect_to_url"]["url"]).path
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    await wire.exchange(sandbox, wire.request("POST", page, body=b"outcome=complete", headers=form))
    found = await wire.call(sandbox, "GET", f"/v1/setup_intents/{intent['id']}?expand[]=latest_attempt")
    ids["intent"] = intent["id"]
    ids["saved"] = found["latest_attempt"]["payment_method_details"]["ideal"]["generated_sepa_debit"]


async def _unverified(sandbox: int, ids: Prepared) -> None:
    """A SetupIntent that waits for the verification of a bank account."""
    method = (await wire.call(sandbox, "POST", "/v1/payment_methods", **_BANK_ACCOUNT))["id"]
    params = {"customer": ids["customer"], "payment_method": method, "confirm": "true"}
    params |= {"allowed_payment_method_types[]": "us_bank_account"}
    params |= _OFFLINE
    ids["intent"] = (await wire.call(sandbox, "POST", "/v1/setup_intents", **params))["id"]


async def _subscribe(sandbox: int, ids: Prepared, name: str, **params: str) -> None:
    made = await wire.call(sandbox, "POST", "/v1/subscriptions", customer=ids["customer"], **_ITEM, **params)
    ids[name] = made["id"]


def _paying(method: str) -> Callable[[int, Prepared], Awaitable[None]]:
    return lambda sandbox, ids: _subscribe(sandbox, ids, f"{method} pays", default_payment_method=ids[method])


_OFFLINE = {"mandate_data[customer_acceptance][type]": "offline"}
_BACK = "https://shop.example/back"
_PAYER = {"name": "Jenny Rosen", "email": "jenny@example.com"}
_BANK_ACCOUNT = {
    "type": "us_bank_account",
    "us_bank_account[account_holder_type]": "individual",
    "us_bank_account[account_number]": "000123456789",
    "us_bank_account[routing_number]": "110000000",
    "billing_details[name]": "Jenny Rosen",
}
_ITEM = {
    "items[0][price_data][currency]": "eur",
    "items[0][price_data][product]": "prod_x",
    "items[0][price_data][unit_amount]": "100",
    "items[0][price_data][recurring][interval]": "month",
}
_FIXTURES: Mapping[str, Callable[[int, Prepared], Awaitable[None]]] = {
    "amex": lambda sandbox, ids: _attach(sandbox, ids, "amex", "pm_card_amex"),
    "amex is default": lambda sandbox, ids: _set_default(sandbox, ids, "amex"),
    "amex pays": _paying("amex"),
    "default": _default,
    "default pays": _paying("default"),
    "generated": _generated,
    "inherits": lambda sandbox, ids: _subscribe(sandbox, ids, "inherits"),
    "intent": _intent,
    "loose": _unattached,
    "loyal": lambda sandbox, ids: _attach(sandbox, ids, "loyal", "pm_card_discover"),
    "loyal pays": _paying("loyal"),
    "saved": _saved,
    "saved is default": lambda sandbox, ids: _set_default(sandbox, ids, "saved"),
    "saved pays": _paying("saved"),
    "unverified": _unverified,
}
