"""Microdeposits: two small amounts, or one with a code, prove that the payer can see the bank account's statement."""

from collections.abc import Mapping
from typing import Any

from sandbox.cards.test_card_lookup import fingerprint
from sandbox.errors import ParameterError, StripeError
from sandbox.http.api_request import ApiRequest
from sandbox.objects.intents.attempt import Attempt
from sandbox.objects.intents.intent import Intent
from sandbox.objects.payment_methods.payment_method import PaymentMethod
from sandbox.operations.intents.check_confirmation import visible_body
from sandbox.operations.intents.continue_intent import fail, find_attempt, finish
from sandbox.state.store import Store

MAX_ATTEMPTS = 10
LIFETIME_SECONDS = 10 * 24 * 60 * 60
# What Stripe's test mode accepts instead of the amounts and codes of real deposits.
_OUTCOMES: Mapping[tuple[int, ...] | str, str] = {
    **{(32, 45): "verified", "SM11AA": "verified"},
    **{(10, 11): "attempts_exceeded", "SM33CC": "attempts_exceeded"},
    **{(40, 41): "timeout", "SM44DD": "timeout"},
}
# The test account whose deposits can't be sent.
_WITHOUT_DEPOSITS = fingerprint("000666666661")
_PREFIX = "payment_method_microdeposit_"
_MESSAGES = {
    "failed": "Microdeposits could not be sent to this bank account. Check the account number and try again.",
    "verification_amounts_mismatch": "The amounts provided do not match those that were sent to the bank account.",
    "verification_attempts_exceeded": "You have exceeded the number of allowed verification attempts.",
    "verification_descriptor_code_mismatch": (
        "The verification code provided does not match the one sent to the bank account."
    ),
    "verification_timeout": "The microdeposits were not verified in time.",
}


def verify(store: Store, request: ApiRequest, intent: Intent) -> None:
    """Saves the bank account if the amounts or the code are right. Raises StripeError if they are not.

    After too many attempts the intent needs another payment method.
    """
    if not intent.awaits_microdeposits:
        raise StripeError(
            f"This {intent.noun} cannot be actioned on because it has a status of {intent.status}. Only a {intent.noun}"
            ' with one of the following statuses may be actioned on: ["requires_action"].',
            code="intent_invalid_state",
        ).with_objects(**{intent.name: visible_body(request, intent)})
    given = _given(request.params)
    attempt = _attempt(store, intent)
    if problem := _problem(attempt, store.payment_methods[str(intent.payment_method)], given):
        _refuse(store, request, intent, attempt, problem)
    finish(store, request, attempt)


def expire(store: Store, intent: Intent) -> None:
    """Ends the wait for microdeposits that were not verified in time."""
    if intent.awaits_microdeposits:
        attempt = _attempt(store, intent)
        if store.now() >= attempt.body["created"] + LIFETIME_SECONDS:
            fail(store, ApiRequest("microdeposits"), attempt, _error("verification_timeout"))


def _attempt(store: Store, intent: Intent) -> Attempt:
    attempt = find_attempt(store, str(intent.latest_attempt))
    assert attempt is not None, "An intent that waits has an attempt."
    return attempt


def _given(params: Mapping[str, Any]) -> tuple[int, ...] | str:
    if "amounts" in params and "descriptor_code" in params:
        message = "You may only specify one of these parameters: amounts, descriptor_code."
        raise ParameterError(message, param="amounts")
    if "descriptor_code" in params:
        return str(params["descriptor_code"])
    if "amounts" not in params:
        raise ParameterError("Must provide amounts or descriptor_code.", code="parameter_missing")
    amounts = tuple(sorted(params["amounts"]))
    if len(amounts) != 2 or not all(1 <= amount <= 99 for amount in amounts):
        message = "You must provide exactly two amounts, in cents, each from 1 to 99."
        raise StripeError(message, code=f"{_PREFIX}verification_amounts_invalid", param="amounts")
    return amounts


def _problem(attempt: Attempt, method: PaymentMethod, given: tuple[int, ...] | str) -> str | None:
    """Returns why the account is not verified, as the end of Stripe's error code."""
    if method.body[method.type]["fingerprint"] == _WITHOUT_DEPOSITS:
        return "failed"
    outcome = _OUTCOMES.get(given)
    if outcome is None:
        attempt.failed_verifications += 1
        if attempt.failed_verifications < MAX_ATTEMPTS:
            kind = "descriptor_code" if isinstance(given, str) else "amounts"
            return f"verification_{kind}_mismatch"
        outcome = "attempts_exceeded"
    return None if outcome == "verified" else f"verification_{outcome}"


def _refuse(store: Store, request: ApiRequest, intent: Intent, attempt: Attempt, problem: str) -> None:
    error = _error(problem)
    if not problem.endswith("_mismatch"):
        fail(store, request, attempt, error)
    raise error.with_objects(**{intent.name: visible_body(request, intent)})


def _error(problem: str) -> StripeError:
    return StripeError(_MESSAGES[problem], code=f"{_PREFIX}{problem}")
