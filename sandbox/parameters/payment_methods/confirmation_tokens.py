"""Parameters of the ConfirmationToken endpoints."""

from sandbox.parameters.customers.customers import SHIPPING
from sandbox.parameters.payment_methods.payment_methods import PAYMENT_METHOD
from sandbox.parameters.types import Choice, Hash, Unchecked, Url, endpoint_parameters

CREATE = endpoint_parameters(
    {
        **PAYMENT_METHOD,
        "payment_method_options": Hash({"card": Unchecked()}),
        "return_url": Url(),
        "setup_future_usage": Choice(("off_session", "on_session")),
        "shipping": SHIPPING,
    }
)
