"""Origins of web pages in their canonical form."""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache

import httpx

_ORIGIN = re.compile(r"(?:https?|capacitor|ionic)://[^/?#\s*@\\%]+", re.IGNORECASE)


@lru_cache(maxsize=256)
def canonical(origin: str) -> str | None:
    """The origin as browsers send it: in lower case and ASCII, without a default port. None if it is invalid."""
    if not _ORIGIN.fullmatch(origin):
        return None
    try:
        url = httpx.URL(origin.lower())
        host = _canonical_host(url.raw_host.decode())
    except (ValueError, httpx.InvalidURL):
        return None
    if not host or "%" in host or (url.port or 1) > 65535:
        return None
    return f"{url.scheme}://{host}" + (f":{url.port}" if url.port is not None else "")


def _canonical_host(host: str) -> str:
    """Raises ValueError for an invalid IP address, or a name that browsers treat as one."""
    if ":" in host:
        return f"[{ipaddress.IPv6Address(host)}]"
    return str(ipaddress.IPv4Address(host)) if host.rpartition(".")[2].isdigit() else host
