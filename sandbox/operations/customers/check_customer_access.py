"""Limits a client that has a secret for one customer: its endpoints, the customer and its payment methods."""

from collections.abc import Mapping

from sandbox.errors import AuthenticationError, MissingResource, PermissionDenied
from sandbox.http.api_request import ApiRequest
from sandbox.http.customer_access import CustomerAccess, Right
from sandbox.state.store import Store

_RIGHTS: Mapping[tuple[str, str], Right] = {
    ("GET", "/v1/customers/{customer}"): Right.READ_CUSTOMER,
    ("POST", "/v1/customers/{customer}"): Right.UPDATE_CUSTOMER,
    ("GET", "/v1/customers/{customer}/payment_methods"): Right.LIST,
    ("GET", "/v1/payment_methods"): Right.LIST,
    ("POST", "/v1/payment_methods/{payment_method}/attach"): Right.ATTACH,
    ("POST", "/v1/payment_methods/{payment_method}/detach"): Right.DETACH,
}


def find_access(store: Store, secret: str) -> CustomerAccess:
    """Returns what the secret allows. Raises AuthenticationError if it is unknown, deleted or expired."""
    key = next((key for key in store.customer_keys.newest_first() if key.secret == secret), None)
    is_session = secret.startswith("cuss_")
    noun = "customer session client secret" if is_session else "API Key"
    if key is None:
        raise AuthenticationError(f"Invalid {noun} provided")
    if key.is_expired(store.now()):
        code = "customer_session_expired" if is_session else "api_key_expired"
        raise AuthenticationError(f"Expired {noun} provided", code=code)
    return key.access


def check_endpoint(access: CustomerAccess, method: str, path: str) -> None:
    """Raises PermissionDenied if the secret does not allow the endpoint. `path` is the endpoint's."""
    if _RIGHTS.get((method, path)) not in access.rights:
        raise _no_permission(access)


def check_objects(store: Store, access: CustomerAccess, request: ApiRequest) -> None:
    """Raises PermissionDenied for another customer, and MissingResource for a payment method that is not its own."""
    _check_customer(store, access, request)
    id = request.ids.get("payment_method")
    method = store.payment_methods.get(id) if id else None
    if method is None:  # Also a test token, which creates a payment method.
        return
    is_free = method.customer is None and request.path.endswith("/attach")
    is_shown = access.shown is None or method.body["allow_redisplay"] in access.shown
    if not (is_free or (method.customer == access.customer and is_shown)):
        raise MissingResource("PaymentMethod", method.id, "payment_method", status=404)


def _check_customer(store: Store, access: CustomerAccess, request: ApiRequest) -> None:
    """Every endpoint names the customer, except for detach."""
    body = store.customers[access.customer].body
    own = {access.customer, body.get("customer_account")}
    named = [request.ids.get("customer"), *map(request.params.get, ("customer", "customer_account"))]
    given = [id for id in named if id is not None]
    if not own.issuperset(given) or not (given or request.path.endswith("/detach")):
        raise _no_permission(access)


def _no_permission(access: CustomerAccess) -> PermissionDenied:
    kind = "ek_test_***" if access.shown is None else "cuss_secret_***"
    return PermissionDenied(
        f"The provided key '{kind}' does not have the required permissions for this endpoint. Having more permissions"
        " would allow this request to continue."
    )
