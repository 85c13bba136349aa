"""Errors of Stripe do not change: the outcome of all attempts and another parameter are copies."""

import pytest

from stripe_api.errors import (
    APIConnectionError,
    APIError,
    CallerLimitReached,
    CardError,
    CircuitOpen,
    IdempotencyError,
    InvalidRequestError,
    Overloaded,
    RateLimitError,
    StripeError,
    TooManyCalls,
)
from stripe_api.failures.failure_reasons import Reason

ERRORS = [
    CardError("Declined.", code="card_declined", decline_code="insufficient_funds", request_id="req_1"),
    InvalidRequestError("No such customer", param="id", http_status=404),
    IdempotencyError(http_status=409, in_doubt=True),
    RateLimitError(reason="endpoint-rate", retry_after=2.0, http_status=429),
    APIError(reason="unexpected status 204", failure_reason=Reason.NOT_STRIPE, in_doubt=True),
    APIConnectionError(Reason.READ_TIMEOUT, retryable=True, in_doubt=True),
    Overloaded(3, setting="STRIPE_CALLS_PER_SECOND"),
    CircuitOpen(5),
    CallerLimitReached(1, setting="STRIPE_MAX_CALLS_PER_CALLER"),
    TooManyCalls(10),
]


def state(error: StripeError) -> dict[str, object]:
    return dict(vars(error), text=str(error), reason=error.failure_reason, arguments=error.args)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_the_outcome_is_a_copy_that_differs_in_nothing_else(error):
    before = state(error)
    copy = error.with_outcome(after_lost_response=True, write=True)
    assert state(error) == before
    assert type(copy) is type(error)
    unknown = error.in_doubt or not isinstance(error, CardError | InvalidRequestError)
    assert state(copy) == {**before, "after_lost_response": True, "outcome_unknown": unknown}


def test_the_outcome_of_a_read_is_never_unknown():
    error = APIConnectionError(Reason.READ_TIMEOUT, in_doubt=True)
    assert not error.with_outcome(after_lost_response=True, write=False).outcome_unknown


def test_another_parameter_is_a_copy():
    error = InvalidRequestError("No such customer", param="id", http_status=404)
    assert (error.with_param("payment_method").param, error.param) == ("payment_method", "id")
