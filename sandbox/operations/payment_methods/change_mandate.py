"""Creates mandates when a setup succeeds, and changes their status."""

from sandbox.http.api_request import ApiRequest
from sandbox.json_object import Json
from sandbox.objects.payment_methods.mandate import Mandate, new_body
from sandbox.objects.payment_methods.payment_method import PaymentMethod
from sandbox.state.ids import new_id, random_letters
from sandbox.state.store import Store


def acceptance(request: ApiRequest, now: int) -> Json:
    """Returns how the customer agreed: what the server says, or what is known of the payer's device."""
    given = (request.params.get("mandate_data") or {}).get("customer_acceptance", {"type": "online"})
    accepted = {"accepted_at": given.get("accepted_at", now), "type": given["type"]}
    if given["type"] == "offline":
        return {**accepted, "offline": {}}
    device = {"ip_address": request.ip_address, "user_agent": request.user_agent}
    online = device if request.publishable else given["online"]
    return {**accepted, "online": {name: online[name] for name in device}}


def create_mandate(
    store: Store,
    request: ApiRequest,
    method: PaymentMethod,
    acceptance: Json,
    customer: str | None,
    *,
    single_use: Json | None = None,
) -> Mandate:
    """Returns a new mandate for the payment method. `single_use` is the amount and currency if it is for one debit."""
    body = new_body(new_id("mandate"), method, acceptance, single_use, random_letters(16).upper())
    mandate = store.mandates.add(Mandate(body))
    store.record_change(request, "mandate.created", mandate, customer)
    return mandate


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
