"""SetupIntents of the sandbox that wait for the verification of a bank account."""

from __future__ import annotations

from typing import Any

import httpx

BANK_ACCOUNT = {
    "type": "us_bank_account",
    "us_bank_account[account_holder_type]": "individual",
    "us_bank_account[account_number]": "000123456789",
    "us_bank_account[routing_number]": "110000000",
    "billing_details[name]": "Jenny Rosen",
}


async def intent_to_verify(sandbox: Any, customer: str) -> str:
    """The id of a confirmed SetupIntent whose bank account is not verified yet."""
    transport = httpx.ASGITransport(app=sandbox)
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox", auth=("sk_test_x", "")) as rest:
        method = (await rest.post("/v1/payment_methods", data=BANK_ACCOUNT)).json()["id"]
        form = {
            "customer": customer,
            "payment_method": method,
            "allowed_payment_method_types[]": "us_bank_account",
            "confirm": "true",
            "mandate_data[customer_acceptance][type]": "offline",
        }
        intent = (await rest.post("/v1/setup_intents", data=form)).json()
    assert intent["status"] == "requires_action"
    return str(intent["id"])
