"""iDEAL, Bancontact and Sofort identify a bank account once. An intent saves it as a SEPA debit."""

from collections.abc import Mapping

from sandbox.json_object import Json
from sandbox.objects.customers.customer import Customer
from sandbox.objects.intents.attempt import Attempt
from sandbox.objects.intents.intent import Intent
from sandbox.objects.payment_methods.payment_method import PaymentMethod, new_body
from sandbox.operations.intents.confirmation import Confirmation
from sandbox.operations.payment_methods.attach_payment_method import attach
from sandbox.operations.payment_methods.create_payment_method import add_if_new
from sandbox.parameters.payment_methods.payment_method_types import BANK_NAME, TYPES
from sandbox.state.ids import new_id
from sandbox.state.store import Store

# The payer's bank account by country, so that setting up the same type twice finds the same account.
_IBANS = {
    "AT": "AT611904300234573201",
    "BE": "BE62510007547061",
    "DE": "DE89370400440532013000",
    "ES": "ES0700120345030000067890",
    "IT": "IT40S0542811101000000123456",
    "NL": "NL39RABO0300065264",
}
_COUNTRIES = {"bancontact": "BE", "ideal": "NL"}


def generate_sepa_debit(
    confirmation: Confirmation[Intent, Attempt], customer: Customer | None, *, source: Mapping[str, str]
) -> PaymentMethod:
    """Returns the SEPA debit that is saved instead of the payment method, which can't be used again.

    `source` names the attempt or the charge in `generated_from`. The debit is attached to the customer, if there is
    one. Raises StripeError if that fails.
    """
    store, request, method = confirmation.store, confirmation.request, confirmation.method
    generated = _sepa_debit(store, method, source)
    if customer:
        attach(store, request, generated, customer)
    else:
        add_if_new(store, request, generated)
    method.unusable = True
    confirmation.attempt.set_details({method.type: _attempt_details(method, generated)})
    return generated


def _sepa_debit(store: Store, method: PaymentMethod, source: Mapping[str, str]) -> PaymentMethod:
    country = _COUNTRIES.get(method.type) or method.body[method.type]["country"]
    details = TYPES["sepa_debit"].details({"iban": _IBANS[country]})
    generated_from = {"charge": None, "setup_attempt": None, **source}
    body = new_body(new_id("pm"), "sepa_debit", {**details, "generated_from": generated_from}, store.now())
    names = ("allow_redisplay", "billing_details")
    return PaymentMethod({**body, **{name: method.body[name] for name in names}})


def _attempt_details(method: PaymentMethod, generated: PaymentMethod) -> Json:
    account = {
        "generated_sepa_debit": generated.id,
        "generated_sepa_debit_mandate": None,
        "iban_last4": generated.body["sepa_debit"]["last4"],
        "verified_name": method.body["billing_details"]["name"],
    }
    if method.type == "ideal":
        return {**method.body["ideal"], **account}
    bank = {"bank_code": generated.body["sepa_debit"]["bank_code"], "bank_name": BANK_NAME, "bic": None}
    return {**bank, **account, "preferred_language": None}
