"""Parameters of the webhook endpoints' own API."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.errors import ParameterError
from sandbox.fixtures import load
from sandbox.http.api_version import is_version
from sandbox.parameters.lists import PAGINATION
from sandbox.parameters.types import Array, Boolean, Choice, Metadata, ParameterType, Text, endpoint_parameters

EVENT_TYPES: tuple[str, ...] = tuple(load("event_types"))

_WEB_URL = re.compile(r"https?://[^/?#\s@]+([/?#][!-~]*)?", re.IGNORECASE)


@dataclass(frozen=True)
class WebUrl(Text):
    """An address that can receive a request. Unlike Stripe's, it may be a local one."""

    def check(self, text: str, param: str) -> None:
        if not _WEB_URL.fullmatch(text):
            message = "Invalid URL: An explicit scheme (such as https) must be provided."
            raise ParameterError(message, code="url_invalid", param=param)


@dataclass(frozen=True)
class _ApiVersion(Text):
    def check(self, text: str, param: str) -> None:
        if not is_version(text):
            raise ParameterError(f"Invalid Stripe API version: {text}", param=param)


_WRITABLE: Mapping[str, ParameterType] = {
    "description": Text(unsettable=True),
    "enabled_events": Array(Choice(("*", *EVENT_TYPES))),
    "metadata": Metadata(),
    "url": WebUrl(),
}

CREATE = endpoint_parameters(
    {**_WRITABLE, "api_version": _ApiVersion(), "connect": Boolean()}, required=("url", "enabled_events")
)
UPDATE = endpoint_parameters({**_WRITABLE, "disabled": Boolean()})
LIST = endpoint_parameters(PAGINATION)
