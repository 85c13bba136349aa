"""An API request as an endpoint handles it: authenticated, parsed and independent of HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.http.customer_access import CustomerAccess


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """`ids` are those in the path, by the names in the endpoint's path. `params` are the parsed parameters."""

    path: str
    ids: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, Any] = field(default_factory=dict)
    request_id: str = ""
    idempotency_key: str | None = None
    # The sandbox's own URL, for links to its pages.
    base_url: str = ""
    publishable: bool = False
    # None for a key of the whole account.
    access: CustomerAccess | None = None
    # Where the request came from.
    ip_address: str | None = None
    user_agent: str | None = None
