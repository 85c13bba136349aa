"""Every endpoint that the sandbox plays: its URL, what it takes, what answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from sandbox.endpoints import customers, payment_methods, setup_intents, subscriptions
from sandbox.errors import UnknownUrl
from sandbox.http.api_request import Call
from sandbox.json_objects import Json
from sandbox.operations import attachment
from sandbox.parameters import customers as customer_parameters
from sandbox.parameters import setup_intents as setup_parameters
from sandbox.parameters.types import Hash
from sandbox.state.store import Store


@dataclass(frozen=True)
class Endpoint:
    """`answers` names the kind of object or list that comes back, for `expand`.

    `public_answers` names what a publishable key gets; empty where it gets nothing.
    """

    method: str
    path: str
    handle: Callable[[Store, Call], Json]
    parameters: Hash
    answers: str
    public_answers: str = ""

    def ids(self, method: str, segments: list[str]) -> Mapping[str, str] | None:
        """Returns the path's ids by name, or None where the request is for another endpoint."""
        pattern = self.path.split("/")
        if method != self.method or len(pattern) != len(segments) or "" in segments[1:]:
            return None
        pairs = list(zip(pattern, segments, strict=True))
        if any(name != given for name, given in pairs if not name.startswith("{")):
            return None
        return {name[1:-1]: given for name, given in pairs if name.startswith("{")}


_METHODS = "/v1/payment_methods"
_METHOD = "/v1/payment_methods/{payment_method}"
_CUSTOMERS = "/v1/customers"
_CUSTOMER = "/v1/customers/{customer}"
_INTENTS = "/v1/setup_intents"
_INTENT = "/v1/setup_intents/{intent}"
_SUBSCRIPTIONS = "/v1/subscriptions"
_SUBSCRIPTION = "/v1/subscriptions/{subscription}"

ENDPOINTS = (
    Endpoint("GET", _METHODS, payment_methods.list_all, payment_methods.LIST, "payment_method_list"),
    Endpoint("POST", _METHODS, payment_methods.create, payment_methods.CREATE, "payment_method"),
    Endpoint("GET", _METHOD, payment_methods.retrieve, payment_methods.RETRIEVE, "payment_method"),
    Endpoint("POST", _METHOD, payment_methods.update, payment_methods.UPDATE, "payment_method"),
    Endpoint("POST", f"{_METHOD}/attach", attachment.attach, attachment.ATTACH, "payment_method"),
    Endpoint("POST", f"{_METHOD}/detach", attachment.detach, attachment.DETACH, "payment_method"),
    Endpoint("GET", _CUSTOMERS, customers.list_all, customer_parameters.LIST, "customer_list"),
    Endpoint("POST", _CUSTOMERS, customers.create, customer_parameters.CREATE, "customer"),
    Endpoint("GET", _CUSTOMER, customers.retrieve, customer_parameters.RETRIEVE, "customer"),
    Endpoint("POST", _CUSTOMER, customers.update, customer_parameters.UPDATE, "customer"),
    Endpoint("DELETE", _CUSTOMER, customers.delete, customer_parameters.DELETE, "customer"),
    Endpoint(
        "GET",
        f"{_CUSTOMER}/payment_methods",
        payment_methods.list_of_customer,
        payment_methods.LIST_OF_CUSTOMER,
        "payment_method_list",
    ),
    Endpoint(
        "GET",
        f"{_CUSTOMER}/payment_methods/{{payment_method}}",
        payment_methods.retrieve_of_customer,
        payment_methods.RETRIEVE,
        "payment_method",
    ),
    Endpoint("GET", _INTENTS, setup_intents.list_all, setup_parameters.LIST, "setup_intent_list"),
    Endpoint("POST", _INTENTS, setup_intents.create, setup_parameters.CREATE, "setup_intent"),
    Endpoint("GET", _INTENT, setup_intents.retrieve, setup_parameters.RETRIEVE, "setup_intent", "public_setup_intent"),
    Endpoint("POST", _INTENT, setup_intents.update, setup_parameters.UPDATE, "setup_intent"),
    Endpoint(
        "POST",
        f"{_INTENT}/confirm",
        setup_intents.confirm,
        setup_parameters.CONFIRM,
        "setup_intent",
        "public_setup_intent",
    ),
    Endpoint("POST", f"{_INTENT}/cancel", setup_intents.cancel, setup_parameters.CANCEL, "setup_intent"),
    Endpoint("GET", _SUBSCRIPTIONS, subscriptions.list_all, subscriptions.LIST, "subscription_list"),
    Endpoint("GET", _SUBSCRIPTION, subscriptions.retrieve, subscriptions.RETRIEVE, "subscription"),
)


def match(method: str, path: str) -> tuple[Endpoint, Mapping[str, str]]:
    """Returns the endpoint of a URL, and the ids in it. `path` is percent-encoded still, so an id may hold a slash."""
    segments = [unquote(segment, errors="replace") for segment in path.split("/")]
    for endpoint in ENDPOINTS:
        ids = endpoint.ids(method, segments)
        if ids is not None:
            return endpoint, ids
    raise UnknownUrl(method, path)
