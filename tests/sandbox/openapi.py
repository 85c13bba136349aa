"""Validates bodies with Stripe's OpenAPI document. A member that it doesn't define is an error."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from tests.support import missing

SLICE = Path(__file__).parents[2].parent / "shared" / "stripe" / "openapi-slice-2.json"
MISSING = missing.SHARED_DESIGN

_ENABLED = {"$ref": "#/components/schemas/customer_session_resource_components_resource_buy_button"}
# Members that the API has and the older excerpt lacks, or allows no null in.
NEWER = {
    "customer_session_resource_components": {"active_entitlements": _ENABLED, "customer_portal": _ENABLED},
    "ephemeral_key": {"associated_objects": {"type": "array"}},
    "mandate_payment_method_details": {"blik": {}},
    "setup_attempt_payment_method_details": {"blik": {}},
    "payment_method": {"radar_options": {"type": ["object", "null"]}, "paypay": {}, "sequra": {}},
    "recurring": {"trial_period_days": {"type": ["integer", "null"]}},
    "payment_intent": {
        "allowed_payment_method_types": {"type": ["array", "null"]},
        "payment_record": {"type": ["string", "null"]},
        "source": {},
    },
    "setup_intent": {"allowed_payment_method_types": {"type": ["array", "null"]}},
    "subscription_item": {"billed_until": {"type": ["integer", "null"]}, "plan": {}},
    "subscriptions_resource_subscription_invoice_settings": {"custom_fields": {}, "description": {}, "footer": {}},
}
NEWER_TYPES = ["paypay", "sequra"]


# The excerpt lacks charges. The annotations of Stripe's SDK validate them.
MISSING_TYPES = ("charge",)


def validate_object(body: Any) -> None:
    """Raises ValidationError when the body, or an item of the list, is not valid as the type that it names."""
    for item in body["data"] if body["object"] == "list" else [body]:
        if item["object"] not in MISSING_TYPES:
            _object_validator(item["object"]).validate(item)


def available() -> bool:
    return SLICE.is_file()


def validate(method: str, path: str, status: int, body: Any) -> None:
    """Raises ValidationError when the body is not a valid response of the operation with that status."""
    validator = _validator(method.lower(), _template(path), "200" if status == 200 else "default")
    if validator is not None:
        validator.validate(body)
    elif status == 200:
        validate_object(body)


@cache
def _document() -> dict[str, Any]:
    document = json.loads(SLICE.read_text())
    schemas = document["components"]["schemas"]
    for name, members in NEWER.items():
        schemas[name]["properties"] |= members
    schemas["payment_method"]["properties"]["type"]["enum"] += NEWER_TYPES
    # The payment methods of a deleted customer keep its id, and the excerpt lacks the stub that it expands to.
    schemas["payment_method"]["properties"]["customer"]["anyOf"].append(
        {"$ref": "#/components/schemas/deleted_customer"}
    )
    return document


@cache
def _components() -> dict[str, Any]:
    return {"schemas": {name: _strict(schema) for name, schema in _document()["components"]["schemas"].items()}}


@cache
def _template(path: str) -> str | None:
    for template in _document()["paths"]:
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
            return str(template)
    return None


@cache
def _validator(method: str, template: str | None, status: str) -> Draft202012Validator | None:
    operation = _document()["paths"].get(template, {}).get(method)
    if operation is None:
        return None
    schema = operation["responses"][status]["content"]["application/json"]["schema"]
    return Draft202012Validator({**_strict(schema), "components": _components()})


@cache
def _object_validator(type: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": f"#/components/schemas/{type}", "components": _components()})


def _strict(schema: Any) -> Any:
    """Converts an OpenAPI 3.0 schema to JSON Schema without additional members."""
    if isinstance(schema, list):
        return [_strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {name: _strict(value) for name, value in schema.items() if name != "properties"}
    if "properties" in schema:
        plain["properties"] = {name: _strict(value) for name, value in schema["properties"].items()}
        plain.setdefault("additionalProperties", False)
    if "x-slice-expands-to" in plain:
        plain["anyOf"].append({"type": "object"})  # The excerpt leaves out what this expands to.
    return {"anyOf": [plain, {"type": "null"}]} if plain.pop("nullable", False) else plain
