"""Amounts of PaymentIntents: smallest units, limits, and currencies with none or three decimals."""

import pytest

from sandbox.fixtures import load

INTENTS = "/v1/payment_intents"
NOTHING = "The amount must be greater than or equal to the minimum charge amount allowed for your account"


async def refused(api, amount, currency="usd"):
    error = await api.refused(400, "POST", INTENTS, {"amount": amount, "currency": currency})
    return error.get("code"), error["param"], error["message"]


@pytest.mark.parametrize(
    ("amount", "currency"),
    [
        (50, "usd"),
        (99_999_999, "usd"),
        (50, "eur"),
        (100, "jpy"),
        (1000, "krw"),
        (5120, "kwd"),
        (1230, "bhd"),
        (7000, "isk"),
    ],
)
async def test_accepted(api, amount, currency):
    body = await api.done("POST", INTENTS, {"amount": amount, "currency": currency})
    assert (body["amount"], body["currency"]) == (amount, currency)


@pytest.mark.parametrize(
    ("amount", "currency", "message"),
    [
        (49, "usd", "Amount must be at least 50 cents"),
        (5, "jpy", "Amount must convert to at least 50 cents. ¥5 converts to approximately $0.03."),
        (100, "kwd", "Amount must convert to at least 50 cents. KWD 0.100 converts to approximately $0.33."),
        (40, "eur", "Amount must convert to at least 50 cents. €0.40 converts to approximately $0.46."),
    ],
)
async def test_too_small(api, amount, currency, message):
    assert await refused(api, amount, currency) == ("amount_too_small", "amount", message)


@pytest.mark.parametrize(
    ("amount", "currency", "maximum"),
    [(100_000_000, "usd", "$999,999.99"), (2**31, "jpy", "¥99,999,999"), (2**53, "kwd", "KWD 99,999.999")],
)
async def test_too_large(api, amount, currency, maximum):
    message = f"Amount must be no more than {maximum}"
    assert await refused(api, amount, currency) == ("amount_too_large", "amount", message)


@pytest.mark.parametrize(
    ("amount", "currency", "multiple"), [(5123, "kwd", 10), (7050, "isk", 100), (900_001, "ugx", 100)]
)
async def test_decimals_that_the_currency_lacks(api, amount, currency, multiple):
    message = f"Invalid amount: an amount in {currency} must be a multiple of {multiple}"
    assert await refused(api, amount, currency) == ("parameter_invalid_integer", "amount", message)


async def test_nothing(api):
    code, param, message = await refused(api, 0)
    assert (code, param) == ("parameter_invalid_integer", "amount")
    assert message.startswith(NOTHING)
    assert ".  If" in message


@pytest.mark.parametrize("amount", [-1, -(2**40)])
async def test_negative(api, amount):
    assert await refused(api, amount) == (
        "parameter_invalid_integer",
        "amount",
        "This value must be greater than or equal to 1.",
    )


@pytest.mark.parametrize("amount", ["abc", "10.5", "1e3", 10**20])
async def test_not_a_number(api, amount):
    assert await refused(api, amount) == ("parameter_invalid_integer", "amount", f"Invalid integer: {amount}")


async def test_currency(api):
    error = await api.refused(400, "POST", INTENTS, {"amount": 1099})
    assert (error["code"], error["message"]) == ("parameter_missing", "Missing required param: currency.")
    code, param, message = await refused(api, 1099, "euro")
    assert (code, param) == (None, "currency")
    assert message.startswith("Invalid currency: euro. Stripe currently supports these currencies: usd, aed, ")


@pytest.mark.parametrize("currency", sorted(load("currencies")))
async def test_every_currency(api, currency):
    reply = await api.post(INTENTS, {"amount": 99_999_900, "currency": currency})
    assert reply.status == 200


async def test_update_checks_both(api):
    body = await api.done("POST", INTENTS, {"amount": 60, "currency": "usd"})
    error = await api.refused(400, "POST", f"{INTENTS}/{body['id']}", {"currency": "jpy"})
    assert error["code"] == "amount_too_small"
    assert (await api.done("POST", f"{INTENTS}/{body['id']}", {"currency": "jpy", "amount": 600}))["amount"] == 600
