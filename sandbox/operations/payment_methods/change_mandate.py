"""Changes the status of mandates."""

from sandbox.http.api_request import ApiRequest
from sandbox.json_object import Json
from sandbox.objects.payment_methods.mandate import Mandate
from sandbox.objects.payment_methods.payment_method import PaymentMethod
from sandbox.state.store import Store


def change_status(store: Store, request: ApiRequest, id: str, status: str) -> Json:
    """Returns the mandate with its new status."""
    mandate = store.mandates.find(id, "mandate")
    method = store.payment_methods.get(mandate.payment_method)
    _set_status(store, request, mandate, status, method.customer if method else None)
    return mandate.body


def revoke_mandates(store: Store, request: ApiRequest, method: PaymentMethod, customer: str) -> None:
    """Makes the mandates of a detached payment method inactive."""
    for mandate in store.mandates.oldest_first():
        if mandate.payment_method == method.id:
            _set_status(store, request, mandate, "inactive", customer)


def _set_status(store: Store, request: ApiRequest, mandate: Mandate, status: str, customer: str | None) -> None:
    before = mandate.body
    if mandate.status != status:
        mandate.set_status(status)
        store.record_event(request, "mandate.updated", mandate, customer, before=before)
