"""Ends the wait of a PaymentIntent for the money of a debit, and captures or releases a reserved amount."""

from sandbox.errors import StripeError
from sandbox.http.api_request import ApiRequest
from sandbox.objects.intents.payment_intent import PaymentIntent
from sandbox.operations.intents.charge_payment_method import fail_intent
from sandbox.operations.intents.debit_outcomes import is_never_settled, refusal_after_processing, refused
from sandbox.state.store import Store

# Debits take some business days.
SETTLES_AFTER = 4 * 24 * 60 * 60
# The bank settles, so the events name no request.
_BY_BANK = ApiRequest("/_sandbox/payments")


def settle(store: Store, intent: PaymentIntent, outcome: str | None = None) -> None:
    """Ends a debit that is processing. By default the test bank account decides whether it has succeeded or failed."""
    if intent.status != "processing":
        message = f"The debit of {intent.id} cannot be settled because its status is {intent.status}."
        raise StripeError(message, param="payment_intent")
    method = store.payment_methods[str(intent.payment_method)]
    error = refusal_after_processing(method) if outcome is None else None
    if outcome == "failed":
        error = refusal_after_processing(method) or refused("payment_intent_payment_attempt_failed")
    if error:
        _return_debit(store, intent, error)
    else:
        _receive(store, intent)


def settle_if_due(store: Store, intent: PaymentIntent) -> None:
    """Ends a debit that has been processing for long enough, unless its test bank account never does."""
    if intent.status == "processing":
        started = store.charges[intent.body["latest_charge"]].body["created"]
        method = store.payment_methods[str(intent.payment_method)]
        if store.now() >= started + SETTLES_AFTER and not is_never_settled(method):
            settle(store, intent)


def settle_due(store: Store) -> None:
    """Ends all debits of all accounts that have been processing for long enough."""
    for account in store.all_accounts():
        for intent in account.payment_intents.oldest_first():
            settle_if_due(account, intent)


def capture(store: Store, request: ApiRequest, intent: PaymentIntent, amount: int) -> None:
    """Takes the reserved amount, or a part of it, and ends the intent with success."""
    charge = store.charges[intent.body["latest_charge"]]
    charge.capture(amount)
    store.record_event(request, "charge.captured", charge, intent.customer)
    intent.receive(charge.id, amount)
    store.record_event(request, "payment_intent.succeeded", intent, intent.customer)


def release(store: Store, request: ApiRequest, intent: PaymentIntent) -> None:
    """Releases the reserved amount of an intent that is canceled."""
    if intent.status == "requires_capture":
        charge = store.charges[intent.body["latest_charge"]]
        charge.release()
        store.record_event(request, "charge.refunded", charge, intent.customer)


def _receive(store: Store, intent: PaymentIntent) -> None:
    charge = store.charges[intent.body["latest_charge"]]
    charge.succeed(captured=True)
    store.record_event(_BY_BANK, "charge.succeeded", charge, intent.customer)
    intent.receive(charge.id, intent.body["amount"])
    store.record_event(_BY_BANK, "payment_intent.succeeded", intent, intent.customer)


def _return_debit(store: Store, intent: PaymentIntent, error: StripeError) -> None:
    charge = store.charges[intent.body["latest_charge"]]
    charge.fail(error.error_object())
    store.record_event(_BY_BANK, "charge.failed", charge, intent.customer)
    method = store.payment_methods[str(intent.payment_method)]
    fail_intent(store, _BY_BANK, intent, method, error.with_objects(charge=charge.id))
