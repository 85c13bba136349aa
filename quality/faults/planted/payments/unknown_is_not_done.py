"""A payment without a response is reported as not done."""

from __future__ import annotations

from stripe_api.errors import StripeError

_with_outcome = StripeError.with_outcome


def _never_unknown(self: StripeError, *, after_lost_response: bool, write: bool) -> StripeError:
    return _with_outcome(self, after_lost_response=False, write=False)


StripeError.with_outcome = _never_unknown  # type: ignore[method-assign,assignment]
