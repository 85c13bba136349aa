"""Builders of Stripe objects, which are complete and valid by default."""

from __future__ import annotations

from typing import Any

ADDRESS = {"city": None, "country": None, "line1": None, "line2": None, "postal_code": None, "state": None}


def card(**members: Any) -> dict[str, Any]:
    return {
        "brand": "visa",
        "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
        "country": "US",
        "display_brand": "visa",
        "exp_month": 8,
        "exp_year": 2031,
        "fingerprint": "mToisGZ01V71BCos",
        "funding": "credit",
        "generated_from": None,
        "last4": "4242",
        "networks": {"available": ["visa"], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
        **members,
    }


def payment_method(id: str = "pm_1", *, type: str = "card", **members: Any) -> dict[str, Any]:
    details = {} if type in members else {type: card() if type == "card" else {}}
    return {
        "id": id,
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": {"address": ADDRESS, "email": None, "name": None, "phone": None, "tax_id": None},
        "created": 1679946402,
        "customer": None,
        "customer_account": None,
        "livemode": False,
        "metadata": {},
        "type": type,
        **details,
        **members,
    }


def customer(id: str = "cus_1", **members: Any) -> dict[str, Any]:
    return {
        "id": id,
        "object": "customer",
        "address": None,
        "created": 1679945000,
        "currency": None,
        "description": None,
        "email": "jenny.rosen@example.com",
        "invoice_settings": {"default_payment_method": None},
        "livemode": False,
        "metadata": {},
        "name": "Jenny Rosen",
        "phone": None,
        **members,
    }


def error(type: str = "invalid_request_error", **members: Any) -> dict[str, Any]:
    return {"error": {"type": type, **members}}
