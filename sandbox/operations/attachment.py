"""Attach and detach: one customer per method, and a detached method is spent for good."""

from sandbox.cards.issuer import examine
from sandbox.endpoints.subscriptions import forget_method
from sandbox.errors import ParameterError, StripeError
from sandbox.http.api_request import Call
from sandbox.json_objects import Json
from sandbox.objects.records import Customer, PaymentMethod
from sandbox.operations.lookups import method_in_path, named_customer
from sandbox.parameters.payment_method_types import UNSAVABLE
from sandbox.parameters.types import Text, parameters
from sandbox.state.store import Store

ATTACH = parameters({"customer": Text(), "customer_account": Text()})
DETACH = parameters()

METHODS_PER_CUSTOMER = 500


def attach(store: Store, call: Call) -> Json:
    """POST /v1/payment_methods/{payment_method}/attach. Returns the method; for a test token, a new one."""
    method = method_in_path(store, call.ids["payment_method"])
    customer = named_customer(store, call.params)
    if customer is None:
        raise ParameterError("Must provide customer or customer_account.", code="parameter_missing")
    save(store, call, method, customer)
    return method.body


def detach(store: Store, call: Call) -> Json:
    """POST /v1/payment_methods/{payment_method}/detach. Returns the method, its customer null."""
    method = method_in_path(store, call.ids["payment_method"])
    customer = method.customer
    if customer is None:
        raise StripeError("The payment method you provided is not attached to a customer so detachment is impossible.")
    store.detach(method)
    store.ledger.record(call, "payment_method.detached", method.id, customer)
    _forget_default(store, call, customer, method.id)
    forget_method(store, call, method.id)
    return method.body


def save(store: Store, call: Call, method: PaymentMethod, customer: Customer, *, verified: bool = False) -> None:
    """Attaches the method, or does nothing where it is the customer's already. A refusal changes nothing.

    `verified` says that a bank account belongs to the customer, as a SetupIntent finds out.
    """
    if method.customer == customer.id:
        return
    method.body = examined(store, method, customer, verified=verified)
    admit(store, call, method)
    store.attach(method, customer)
    store.ledger.record(call, "payment_method.attached", method.id, customer.id)


def examined(store: Store, method: PaymentMethod, customer: Customer, *, verified: bool = False) -> Json:
    """Returns the body that the method is to have once attached. Raises where it may not be."""
    if method.customer is not None:
        raise StripeError("The payment method you provided has already been attached to a customer.")
    if method.spent:
        raise StripeError(
            "This PaymentMethod was previously used without being attached to a Customer or was detached from a"
            " Customer, and may not be used again."
        )
    refuse_unsavable(method)
    if method.body["type"] == "us_bank_account" and not verified:
        message = "This bank account must be verified before it can be attached to a customer."
        raise StripeError(message, code="bank_account_unverified")
    if store.wallet_size(customer.id) >= METHODS_PER_CUSTOMER:
        message = f"A customer may have at most {METHODS_PER_CUSTOMER} payment methods."
        raise StripeError(message, code="customer_max_payment_methods")
    return examine(method.body, method.template, refuse_failed_checks=store.refuse_failed_checks)


def refuse_unsavable(method: PaymentMethod) -> None:
    """Raises for a method of a type that no customer can keep."""
    if method.body["type"] in UNSAVABLE:
        raise StripeError(f"PaymentMethods of type '{method.body['type']}' cannot be saved to customers.")


def admit(store: Store, call: Call, method: PaymentMethod) -> None:
    """Takes a method that was only just made into the store."""
    if store.payment_methods.get(method.id) is None:
        store.payment_methods.add(method)
        store.ledger.record(call, "payment_method.created", method.id)


def _forget_default(store: Store, call: Call, id: str, method: str) -> None:
    customer = store.customers.get(id)
    if customer is None or customer.deleted:
        return
    settings = customer.body["invoice_settings"]
    cleared: Json = {}
    if settings["default_payment_method"] == method:
        cleared["invoice_settings"] = {**settings, "default_payment_method": None}
    if customer.body["default_source"] == method:
        cleared["default_source"] = None
    if cleared:
        customer.body |= cleared
        store.ledger.record(call, "customer.updated", id, id)
