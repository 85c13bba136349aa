"""Stripe's UI components and their features: the inputs, the operator's limit, and Stripe's parameter `components`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import strawberry
from strawberry.utils.str_converters import to_camel_case

from resolvers.errors.exceptions import forbidden, invalid_input
from resolvers.writes import shared_fields
from schema.connection import AllowRedisplay
from serving.settings.groups.callers import SESSION_FEATURES
from stripe_api.form import Value

if TYPE_CHECKING:
    from resolvers.context import RequestContext


@strawberry.input(
    description=(
        "The features of a component. The operator limits them for customers, with FORBIDDEN for a feature that is not "
        "allowed; by default, all are."
    )
)
class SavedMethodFeaturesInput:
    redisplay: bool = shared_fields.optional(
        "Whether the component shows saved payment methods. A CustomerSheet always does.", default=True
    )
    remove: bool = shared_fields.optional(
        "Whether the customer can remove a saved payment method, which detaches it.", default=True
    )
    save: bool = shared_fields.optional(
        "Whether the component offers to save a new payment method. A CustomerSheet always does.", default=True
    )
    set_as_default: bool = shared_fields.optional(
        "Must be false: no component has this feature in this API version. Use setDefaultPaymentMethod instead.",
        default=False,
    )
    allow_redisplay_filters: list[AllowRedisplay] | None = shared_fields.optional(
        "Show only payment methods with one of these values of allowRedisplay. If null or omitted, only ALWAYS, which "
        "hides payment methods that were attached through the API without allowRedisplay: they are UNSPECIFIED."
    )


@strawberry.input(description="The components that the session is for: at least one. The others get no access.")
class CustomerSessionComponentsInput:
    payment_element: SavedMethodFeaturesInput | None = shared_fields.optional(
        "The Payment Element on web pages. Null or omitted: not enabled."
    )
    mobile_payment_element: SavedMethodFeaturesInput | None = shared_fields.optional(
        "PaymentSheet in mobile apps, and the embedded mobile Payment Element. Null or omitted: not enabled."
    )
    customer_sheet: SavedMethodFeaturesInput | None = shared_fields.optional(
        "CustomerSheet in mobile apps. It always shows and saves payment methods, so redisplay and save are not sent "
        "to Stripe. Null or omitted: not enabled."
    )


_ELEMENT = ("redisplay", "remove", "save")
_FEATURES: Mapping[str, tuple[str, ...]] = {
    "payment_element": _ELEMENT,
    "mobile_payment_element": _ELEMENT,
    "customer_sheet": ("remove",),
}
"""The features that Stripe has for each component. A customer sheet has the others always."""

_AT_LEAST_ONE = "Give at least one component: paymentElement, mobilePaymentElement or customerSheet."
_NO_DEFAULT = (
    "No component has this feature in the Stripe API version of this service. Omit it, and use setDefaultPaymentMethod."
)
_NO_FILTERS = "Name at least one value, or omit allowRedisplayFilters."


def components_parameter(context: RequestContext, input: CustomerSessionComponentsInput) -> Value:
    """Stripe's parameter. Raises MutationRejected for a value that is not accepted, or FORBIDDEN."""
    given = {name: features for name in _FEATURES if (features := getattr(input, name)) is not None}
    if not given:
        raise invalid_input("components", _AT_LEAST_ONE)
    for name, features in given.items():
        _check(name, features)
        _check_allowed(context, name, features)
    return {name: _component(name, features) for name, features in given.items()}


def check_all_allowed(context: RequestContext) -> None:
    """Raises FORBIDDEN if this caller may not request every feature."""
    for feature in SESSION_FEATURES:
        if not _is_allowed(context, feature):
            raise forbidden(
                f"An ephemeral key allows every feature, and {feature} is not allowed for customers here. Use "
                "createCustomerSession without it."
            )


def _check(component: str, features: SavedMethodFeaturesInput) -> None:
    path = f"components.{to_camel_case(component)}"
    if features.set_as_default:
        raise invalid_input(f"{path}.setAsDefault", _NO_DEFAULT)
    if features.allow_redisplay_filters == []:
        raise invalid_input(f"{path}.allowRedisplayFilters", _NO_FILTERS)


def _check_allowed(context: RequestContext, component: str, features: SavedMethodFeaturesInput) -> None:
    name = to_camel_case(component)
    for feature in SESSION_FEATURES:
        can_omit = feature in _FEATURES[component]
        if (getattr(features, feature) or not can_omit) and not _is_allowed(context, feature):
            advice = f"Send {feature}: false." if can_omit else f"{name} always has it: use another component."
            raise forbidden(f"The feature {feature} of {name} is not allowed for customers here. {advice}")


def _is_allowed(context: RequestContext, feature: str) -> bool:
    return context.access.own is None or feature in context.session_features


def _component(name: str, input: SavedMethodFeaturesInput) -> Value:
    features: dict[str, Value] = {
        f"payment_method_{one}": "enabled" if getattr(input, one) else "disabled" for one in _FEATURES[name]
    }
    if input.allow_redisplay_filters is not None:
        allowed = [value.stripe_value for value in input.allow_redisplay_filters]
        features["payment_method_allow_redisplay_filters"] = allowed
    return {"enabled": True, "features": features}
