"""Which hosts need no proxy: loopback, and the entries of NO_PROXY in the forms that curl, Go and Python accept.

| entry | hosts |
|---|---|
| `*` | all |
| `example.com`, `.example.com`, `*.example.com` | that host and its subdomains |
| `10.0.0.1`, `[::1]` | that address |
| `10.0.0.0/8`, `fd00::/8` | the addresses of that network; names are not resolved |
| any host or address with `:port` | that port only |
"""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache

_DOMAIN = re.compile(r"(?:\*?\.)?[\w-]+(?:\.[\w-]+)*\.?")
_WITH_PORT = re.compile(r"(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?")


def is_loopback(host: str) -> bool:
    """Whether the host is this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_exempt(host: str, port: int | None, no_proxy: str) -> bool:
    """Whether calls to the host need no proxy. Raises ValueError for an entry in an unknown form."""
    return any(_matches(entry, host.lower().rstrip("."), port) for entry in _entries(no_proxy))


@lru_cache
def _entries(no_proxy: str) -> list[str]:
    return [_checked(entry) for entry in re.split(r"[\s,]+", no_proxy.lower()) if entry]


def _checked(entry: str) -> str:
    name, _ = _split(entry)
    if entry != "*" and _network(name) is None and not _DOMAIN.fullmatch(name):
        raise ValueError(entry)
    return entry


def _matches(entry: str, host: str, port: int | None) -> bool:
    name, only_port = _split(entry)
    if only_port is not None and only_port != port:
        return False
    if (network := _network(name)) is not None:
        address = _network(host)
        return address is not None and address.version == network.version and address[0] in network
    domain = name.removeprefix("*").strip(".")
    return not domain or host == domain or host.endswith(f".{domain}")


def _split(entry: str) -> tuple[str, int | None]:
    """The host of an entry, and its port if there is one. An IPv6 address has a port only behind brackets."""
    parts = _WITH_PORT.fullmatch(entry)
    name, port = parts.groups() if parts is not None else (entry, None)
    return name.removeprefix("[").removesuffix("]"), int(port) if port is not None else None


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None
