"""The ids that may be sent to Stripe. For any other id there is no object, and no request is sent.

An id is part of a URL's path. An intermediary may decode and normalize that path, so that `pm_1%2F..%2F..` would reach
another object: percent-encoding alone is not enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from stripe_api import form
from stripe_api.errors import InvalidRequestError

ID = re.compile(r"[A-Za-z0-9_-]{1,255}")
CUSTOMER_ID = re.compile(r"(?!.*\.\.)(?!\.\Z)[A-Za-z0-9_.@+-]{1,255}")
"""The owner of the account may choose the ids of customers."""

_ID_OR_UNSET = re.compile(f"(?:{ID.pattern})?")

_PATTERNS: Mapping[str, re.Pattern[str]] = {
    "customer": CUSTOMER_ID,
    "customer_account": ID,
    "default_payment_method": ID,
    "ending_before": ID,
    "invoice_settings[default_payment_method]": _ID_OR_UNSET,
    "confirmation_token": ID,
    "mandate": ID,
    "payment_intent": ID,
    "payment_method": ID,
    "setup_intent": ID,
    "starting_after": ID,
    "subscription": ID,
}
"""By the name of the path variable or parameter."""


def name_in(account: str | None, id: str) -> str:
    """The name of an object among those of all accounts. Two connected accounts may have equal ids; no id has a slash.

    `account` None is the account of the API key.
    """
    return id if account is None else f"{account}/{id}"


def is_account(id: str) -> bool:
    """Whether this is the id of an Account, which Stripe accepts in paths in place of its customer's id."""
    return id.startswith("acct_")


def is_id(id: str) -> bool:
    """Whether this can be the id of an object other than a customer."""
    return ID.fullmatch(id) is not None


def check_ids(ids: Mapping[str, str], params: Mapping[str, form.Value | None]) -> None:
    """Raises InvalidRequestError, as Stripe's response to an unknown id would, for an invalid id."""
    _check(ids.items(), http_status=404)
    _check(form.pairs(params), http_status=400)


def no_such_object(param: str, *, http_status: int = 404) -> InvalidRequestError:
    """The error for an id without an object. It is created without a request to Stripe."""
    return InvalidRequestError("No such object", code="resource_missing", param=param, http_status=http_status)


def _check(named: Iterable[tuple[str, str]], *, http_status: int) -> None:
    for name, id in named:
        pattern = _PATTERNS.get(name)
        if pattern is not None and pattern.fullmatch(id) is None:
            raise no_such_object(name, http_status=http_status)
