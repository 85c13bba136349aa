"""Attaches a payment method to a customer: at the attach endpoint, with a new customer, or by a SetupIntent."""

from sandbox.cards.issuer_decisions import check_card
from sandbox.errors import StripeError
from sandbox.http.api_request import ApiRequest
from sandbox.json_object import Json
from sandbox.objects.customers.customer import Customer
from sandbox.objects.payment_methods.payment_method import PaymentMethod
from sandbox.operations.payment_methods.create_payment_method import add_if_new
from sandbox.parameters.payment_methods.payment_method_types import NOT_SAVABLE
from sandbox.state.store import Store

MAX_PER_CUSTOMER = 500


def attach(
    store: Store, request: ApiRequest, method: PaymentMethod, customer: Customer, *, verified: bool = False
) -> None:
    """Attaches the payment method. Does nothing if it is already attached to this customer.

    A bank account must be `verified`, which a SetupIntent does. An error leaves everything unchanged.
    """
    if method.customer == customer.id:
        return
    method.body = checked_body(store, method, customer, verified=verified)
    add_if_new(store, request, method)
    store.attach(method, customer)
    store.record_event(request, "payment_method.attached", method, customer.id)


def checked_body(store: Store, method: PaymentMethod, customer: Customer, *, verified: bool = False) -> Json:
    """Returns the payment method's body with the issuer's check results. Raises if it can't be attached."""
    if method.customer is not None:
        raise StripeError("The payment method you provided has already been attached to a customer.")
    if method.unusable:
        raise StripeError(
            "This PaymentMethod was previously used without being attached to a Customer or was detached from a"
            " Customer, and may not be used again."
        )
    check_savable(method)
    if method.type == "us_bank_account" and not (verified or method.verified):
        message = "This bank account must be verified before it can be attached to a customer."
        raise StripeError(message, code="bank_account_unverified")
    if store.wallet_size(customer.id) >= MAX_PER_CUSTOMER:
        message = f"A customer may have at most {MAX_PER_CUSTOMER} payment methods."
        raise StripeError(message, code="customer_max_payment_methods")
    return check_card(method.body, method.test_card, refuse_failed_checks=store.settings.refuse_failed_checks)


def check_savable(method: PaymentMethod) -> None:
    """Raises if payment methods of this type can't be saved."""
    if method.type in NOT_SAVABLE:
        raise StripeError(f"PaymentMethods of type '{method.type}' cannot be saved to customers.")
