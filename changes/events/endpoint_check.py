"""Checks that a webhook endpoint at Stripe gets the events that the service needs, for `check --connect`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from urllib.parse import urlsplit

from serving.webhooks.endpoint import PATH

NEEDED = (
    "payment_method.attached",
    "payment_method.detached",
    "payment_method.updated",
    "payment_method.automatically_updated",
    "customer.updated",
    "customer.deleted",
)
"""The types of events without which changes go unnoticed."""

_ALL = "*"


class EndpointProblem(Exception):
    """The message says what is wrong with the webhook endpoint, and how to fix it."""


def check_endpoints(endpoints: Any) -> str:
    """The id and API version of the endpoint that sends events to this service, as text. Raises EndpointProblem.

    `endpoints` are the account's endpoints as Stripe lists them. If several have the path of the service, one without
    problems is enough.
    """
    objects = endpoints if isinstance(endpoints, Sequence) else ()
    found = [one for one in objects if isinstance(one, dict) and _path(one.get("url")).endswith(PATH)]
    if not found:
        raise EndpointProblem(f"no endpoint has a URL that ends with {PATH}: create one (docs/live-wallets.md)")
    problems = [_problem(one) for one in found]
    for endpoint, problem in zip(found, problems, strict=True):
        if problem is None:
            # The payload's version does not matter, because only ids are read.
            return f"{endpoint.get('id')}, API version {endpoint.get('api_version') or 'of the account'}"
    raise EndpointProblem(next(filter(None, problems)))


def _path(url: Any) -> str:
    try:
        return urlsplit(url).path.rstrip("/") if isinstance(url, str) else ""
    except ValueError:
        return ""


def _problem(endpoint: dict[str, Any]) -> str | None:
    """The problem of one endpoint, if any."""
    id = endpoint.get("id")
    if endpoint.get("status") != "enabled":
        return f"{id} is disabled: enable it in Stripe's dashboard"
    enabled = endpoint.get("enabled_events")
    types: Collection[Any] = enabled if isinstance(enabled, list) else ()
    missing = [type for type in NEEDED if type not in types]
    if missing and _ALL not in types:
        return f"{id} lacks events: add {', '.join(missing)}"
    return None
