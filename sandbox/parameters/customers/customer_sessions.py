"""Parameters of the customer session endpoint."""

from collections.abc import Mapping

from sandbox.parameters.customers.customers import CUSTOMER
from sandbox.parameters.types import Array, Boolean, Choice, Hash, Integer, ParameterType, endpoint_parameters

_SWITCH = Choice(("disabled", "enabled"))
_ALLOW_REDISPLAY = Choice(("always", "limited", "unspecified"))
_FILTERS_AND_REMOVE: Mapping[str, ParameterType] = {
    "payment_method_allow_redisplay_filters": Array(_ALLOW_REDISPLAY),
    "payment_method_remove": _SWITCH,
}
_REDISPLAY_AND_SAVE: Mapping[str, ParameterType] = {
    "payment_method_redisplay": _SWITCH,
    "payment_method_save": _SWITCH,
}


def _component(features: Mapping[str, ParameterType] | None = None) -> Hash:
    members: dict[str, ParameterType] = {"enabled": Boolean()}
    return Hash({**members, **({"features": Hash(features)} if features else {})}, required=("enabled",))


_COMPONENTS = Hash(
    {
        **dict.fromkeys(("active_entitlements", "buy_button", "customer_portal", "pricing_table"), _component()),
        "customer_sheet": _component(_FILTERS_AND_REMOVE),
        "mobile_payment_element": _component(
            {
                **_FILTERS_AND_REMOVE,
                **_REDISPLAY_AND_SAVE,
                "payment_method_save_allow_redisplay_override": _ALLOW_REDISPLAY,
            }
        ),
        "payment_element": _component(
            {
                **_FILTERS_AND_REMOVE,
                **_REDISPLAY_AND_SAVE,
                "payment_method_redisplay_limit": Integer(minimum=1, maximum=10),
                "payment_method_save_usage": Choice(("off_session", "on_session")),
            }
        ),
    }
)

CREATE = endpoint_parameters({"components": _COMPONENTS, **CUSTOMER}, required=("components",))
