"""Every endpoint of Stripe that the sandbox imitates: its URL, parameters, function and response."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote

from sandbox.endpoints import subscriptions
from sandbox.endpoints.customers import customer_sessions, customers, ephemeral_keys
from sandbox.endpoints.intents import charges, payment_intents, setup_attempts, setup_intents
from sandbox.endpoints.payment_methods import confirmation_tokens, mandates, payment_methods
from sandbox.endpoints.webhooks import events, webhook_endpoints
from sandbox.errors import UnknownUrl
from sandbox.http.api_request import ApiRequest
from sandbox.json_object import Json
from sandbox.parameters import subscriptions as subscription_params
from sandbox.parameters.customers import customer_sessions as session_params
from sandbox.parameters.customers import customers as customer_params
from sandbox.parameters.customers import ephemeral_keys as key_params
from sandbox.parameters.intents import charges as charge_params
from sandbox.parameters.intents import common as intent_params
from sandbox.parameters.intents import payment_intents as payment_params
from sandbox.parameters.intents import setup_attempts as attempt_params
from sandbox.parameters.intents import setup_intents as setup_params
from sandbox.parameters.payment_methods import confirmation_tokens as token_params
from sandbox.parameters.payment_methods import payment_methods as method_params
from sandbox.parameters.types import NO_PARAMETERS, Hash
from sandbox.parameters.webhooks import events as event_params
from sandbox.parameters.webhooks import webhook_endpoints as webhook_params
from sandbox.state.store import Store


@dataclass(frozen=True)
class Endpoint:
    """`returns` is the type of the response, for `expand`. Publishable keys may call the endpoint if it is `public`.

    `needs_version`: it is an error to omit the header Stripe-Version.
    """

    method: str
    path: str
    handle: Callable[[Store, ApiRequest], Json]
    parameters: Hash
    returns: str
    public: bool = False
    needs_version: bool = False

    def match(self, method: str, segments: list[str]) -> dict[str, str] | None:
        """Returns the ids in the path by name, or None if the request is for another endpoint."""
        pattern = self.path.split("/")
        if method != self.method or len(pattern) != len(segments) or "" in segments[1:]:
            return None
        pairs = list(zip(pattern, segments, strict=True))
        if any(name != segment for name, segment in pairs if not name.startswith("{")):
            return None
        return {name[1:-1]: segment for name, segment in pairs if name.startswith("{")}


_METHODS = "/v1/payment_methods"
_METHOD = "/v1/payment_methods/{payment_method}"
_CUSTOMERS = "/v1/customers"
_CUSTOMER = "/v1/customers/{customer}"
_WALLET = "/v1/customers/{customer}/payment_methods"
_SAVED = "/v1/customers/{customer}/payment_methods/{payment_method}"
_SETUPS = "/v1/setup_intents"
_SETUP = "/v1/setup_intents/{intent}"
_PAYMENTS = "/v1/payment_intents"
_PAYMENT = "/v1/payment_intents/{intent}"
_TOKEN = "confirmation_token"
_TOKENS = "/v1/confirmation_tokens"
_TOKEN_HELPER = "/v1/test_helpers/confirmation_tokens"
_ATTEMPTS = "/v1/setup_attempts"
_SUBSCRIPTIONS = "/v1/subscriptions"
_SUBSCRIPTION = "/v1/subscriptions/{subscription}"
_SESSIONS = "/v1/customer_sessions"
_KEYS = "/v1/ephemeral_keys"
_KEY = "/v1/ephemeral_keys/{key}"
_EVENTS = "/v1/events"
_EVENT = "/v1/events/{id}"
_WEBHOOKS = "/v1/webhook_endpoints"
_WEBHOOK = "/v1/webhook_endpoints/{webhook_endpoint}"

ENDPOINTS = (
    Endpoint("GET", _METHODS, payment_methods.list_all, method_params.LIST, "payment_method_list"),
    Endpoint("POST", _METHODS, payment_methods.create, method_params.CREATE, "payment_method", public=True),
    Endpoint("GET", _METHOD, payment_methods.retrieve, NO_PARAMETERS, "payment_method"),
    Endpoint("POST", _METHOD, payment_methods.update, method_params.UPDATE, "payment_method"),
    Endpoint("POST", f"{_METHOD}/attach", payment_methods.attach, method_params.ATTACH, "payment_method"),
    Endpoint("POST", f"{_METHOD}/detach", payment_methods.detach, NO_PARAMETERS, "payment_method"),
    Endpoint("GET", _CUSTOMERS, customers.list_all, customer_params.LIST, "customer_list"),
    Endpoint("POST", _CUSTOMERS, customers.create, customer_params.CREATE, "customer"),
    Endpoint("GET", _CUSTOMER, customers.retrieve, NO_PARAMETERS, "customer"),
    Endpoint("POST", _CUSTOMER, customers.update, customer_params.UPDATE, "customer"),
    Endpoint("DELETE", _CUSTOMER, customers.delete, NO_PARAMETERS, "customer"),
    Endpoint("GET", _WALLET, payment_methods.list_of_customer, method_params.LIST_OF_CUSTOMER, "payment_method_list"),
    Endpoint("GET", _SAVED, payment_methods.retrieve_of_customer, NO_PARAMETERS, "payment_method"),
    Endpoint("GET", _SETUPS, setup_intents.list_all, setup_params.LIST, "setup_intent_list"),
    Endpoint("POST", _SETUPS, setup_intents.create, setup_params.CREATE, "setup_intent"),
    Endpoint("GET", _SETUP, setup_intents.retrieve, intent_params.RETRIEVE, "setup_intent", public=True),
    Endpoint("POST", _SETUP, setup_intents.update, setup_params.UPDATE, "setup_intent"),
    Endpoint("POST", f"{_SETUP}/confirm", setup_intents.confirm, setup_params.CONFIRM, "setup_intent", public=True),
    Endpoint("POST", f"{_SETUP}/cancel", setup_intents.cancel, setup_params.CANCEL, "setup_intent"),
    Endpoint(
        "POST",
        f"{_SETUP}/verify_microdeposits",
        setup_intents.verify_microdeposits,
        intent_params.VERIFY_MICRODEPOSITS,
        "setup_intent",
        public=True,
    ),
    Endpoint("GET", _PAYMENTS, payment_intents.list_all, payment_params.LIST, "payment_intent_list"),
    Endpoint("POST", _PAYMENTS, payment_intents.create, payment_params.CREATE, "payment_intent"),
    Endpoint("GET", _PAYMENT, payment_intents.retrieve, intent_params.RETRIEVE, "payment_intent", public=True),
    Endpoint("POST", _PAYMENT, payment_intents.update, payment_params.UPDATE, "payment_intent"),
    Endpoint(
        "POST", f"{_PAYMENT}/confirm", payment_intents.confirm, payment_params.CONFIRM, "payment_intent", public=True
    ),
    Endpoint("POST", f"{_PAYMENT}/cancel", payment_intents.cancel, payment_params.CANCEL, "payment_intent"),
    Endpoint(
        "POST",
        f"{_PAYMENT}/verify_microdeposits",
        payment_intents.verify_microdeposits,
        intent_params.VERIFY_MICRODEPOSITS,
        "payment_intent",
        public=True,
    ),
    Endpoint("POST", f"{_PAYMENT}/capture", payment_intents.capture, payment_params.CAPTURE, "payment_intent"),
    Endpoint("GET", "/v1/charges", charges.list_all, charge_params.LIST, "charge_list"),
    Endpoint("GET", "/v1/charges/{charge}", charges.retrieve, NO_PARAMETERS, "charge"),
    Endpoint("GET", f"{_TOKENS}/{{confirmation_token}}", confirmation_tokens.retrieve, NO_PARAMETERS, _TOKEN),
    Endpoint("POST", _TOKENS, confirmation_tokens.create, token_params.CREATE, _TOKEN, public=True),
    Endpoint("POST", _TOKEN_HELPER, confirmation_tokens.create, token_params.CREATE, _TOKEN),
    Endpoint("GET", "/v1/mandates/{mandate}", mandates.retrieve, NO_PARAMETERS, "mandate"),
    Endpoint("GET", _ATTEMPTS, setup_attempts.list_all, attempt_params.LIST, "setup_attempt_list"),
    Endpoint("GET", _SUBSCRIPTIONS, subscriptions.list_all, subscription_params.LIST, "subscription_list"),
    Endpoint("POST", _SUBSCRIPTIONS, subscriptions.create, subscription_params.CREATE, "subscription"),
    Endpoint("GET", _SUBSCRIPTION, subscriptions.retrieve, NO_PARAMETERS, "subscription"),
    Endpoint("POST", _SUBSCRIPTION, subscriptions.update, subscription_params.UPDATE, "subscription"),
    Endpoint("DELETE", _SUBSCRIPTION, subscriptions.cancel, subscription_params.DELETE, "subscription"),
    Endpoint("POST", _SESSIONS, customer_sessions.create, session_params.CREATE, "customer_session"),
    Endpoint("POST", _KEYS, ephemeral_keys.create, key_params.CREATE, "ephemeral_key", needs_version=True),
    Endpoint("DELETE", _KEY, ephemeral_keys.delete, NO_PARAMETERS, "ephemeral_key"),
    Endpoint("GET", _EVENTS, events.list_all, event_params.LIST, "event_list"),
    Endpoint("GET", _EVENT, events.retrieve, NO_PARAMETERS, "event"),
    Endpoint("GET", _WEBHOOKS, webhook_endpoints.list_all, webhook_params.LIST, "webhook_endpoint_list"),
    Endpoint("POST", _WEBHOOKS, webhook_endpoints.create, webhook_params.CREATE, "webhook_endpoint"),
    Endpoint("GET", _WEBHOOK, webhook_endpoints.retrieve, NO_PARAMETERS, "webhook_endpoint"),
    Endpoint("POST", _WEBHOOK, webhook_endpoints.update, webhook_params.UPDATE, "webhook_endpoint"),
    Endpoint("DELETE", _WEBHOOK, webhook_endpoints.delete, NO_PARAMETERS, "webhook_endpoint"),
)


def find_endpoint(method: str, path: str) -> tuple[Endpoint, dict[str, str]]:
    """Returns the endpoint and the ids in the path. The path is percent-encoded, because an id may contain a slash."""
    segments = [unquote(segment, errors="replace") for segment in path.split("/")]
    for endpoint in ENDPOINTS:
        ids = endpoint.match(method, segments)
        if ids is not None:
            return endpoint, ids
    raise UnknownUrl(method, path)
