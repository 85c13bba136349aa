"""Customer sessions: what Stripe's components may do with one customer's payment methods."""

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.http.customer_access import CustomerAccess, Right
from sandbox.json_object import Json
from sandbox.objects.customers.customer import Customer

# Stripe does not publish it.
LIFETIME_SECONDS = 30 * 60

_FILTERS = "payment_method_allow_redisplay_filters"
_REDISPLAY = "payment_method_redisplay"
_REMOVE = "payment_method_remove"
_SAVE = "payment_method_save"

_WITHOUT_FEATURES = ("active_entitlements", "buy_button", "customer_portal", "pricing_table")
# The features of each component, with their defaults.
_FEATURES: Mapping[str, Mapping[str, Any]] = {
    "customer_sheet": {_FILTERS: ["always"], _REMOVE: "disabled"},
    "mobile_payment_element": {
        _FILTERS: ["always"],
        _REDISPLAY: "disabled",
        _REMOVE: "disabled",
        _SAVE: "disabled",
        "payment_method_save_allow_redisplay_override": None,
    },
    "payment_element": {
        _FILTERS: ["always"],
        _REDISPLAY: "disabled",
        "payment_method_redisplay_limit": 3,
        _REMOVE: "disabled",
        _SAVE: "disabled",
        "payment_method_save_usage": None,
    },
}
# A CustomerSheet is made to show and to save payment methods, so it has no feature for either.
_CUSTOMER_SHEET = {_REDISPLAY: "enabled", _SAVE: "enabled"}


def new_body(secret: str, customer: Customer, components: Mapping[str, Any], now: int) -> Json:
    """Returns the body of a new session."""
    return {
        "object": "customer_session",
        "client_secret": secret,
        "components": {
            **{name: {"enabled": _is_enabled(components, name)} for name in _WITHOUT_FEATURES},
            **{name: _component(components, name) for name in _FEATURES},
        },
        "created": now,
        "customer": customer.id,
        "customer_account": customer.body.get("customer_account"),
        "expires_at": now + LIFETIME_SECONDS,
        "livemode": False,
    }


def access(key_id: str, body: Json) -> CustomerAccess:
    """Returns what the secret of a session allows: what at least one of its components does."""
    enabled = list(_enabled_features(body["components"]))
    shown = {value for features in enabled if features[_REDISPLAY] == "enabled" for value in features[_FILTERS]}
    rights = {
        *([Right.LIST] if shown else ()),
        *([Right.ATTACH] if any(features[_SAVE] == "enabled" for features in enabled) else ()),
        *([Right.DETACH] if any(features[_REMOVE] == "enabled" for features in enabled) else ()),
    }
    return CustomerAccess(key_id, body["customer"], frozenset(rights), frozenset(shown))


def _is_enabled(components: Mapping[str, Any], name: str) -> bool:
    return bool(components.get(name, {}).get("enabled"))


def _component(components: Mapping[str, Any], name: str) -> Json:
    enabled = _is_enabled(components, name)
    features = {**_FEATURES[name], **components[name].get("features", {})} if enabled else None
    return {"enabled": enabled, "features": features}


def _enabled_features(components: Json) -> Iterator[Json]:
    for name in _FEATURES:
        if components[name]["enabled"]:
            yield {**(_CUSTOMER_SHEET if name == "customer_sheet" else {}), **components[name]["features"]}
