"""The Host header: what a host looks like, and which ones a service without tokens accepts."""

from __future__ import annotations

import ipaddress
import re

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from serving.graphql.endpoint import refusal_response
from serving.graphql.error_codes import ErrorCode
from serving.graphql.errors import refused
from serving.settings.settings import Settings

HOST = re.compile(r"(?P<name>[\w.-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?", re.ASCII)


class LocalHostsOnly:
    """Refuses requests to foreign hosts, as browsers send them after DNS rebinding.

    A page of another site whose name is made to point to this machine is of the service's own origin to its browser.
    Only the Host header tells them apart.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._allowed = {settings.host.lower(), *map(str.lower, settings.allowed_hosts)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._app
        if scope["type"] == "http":
            headers = Headers(scope=scope)
            # Every browser sends one.
            if (host := headers.get("host")) and not self._allows(host):
                message = "This host is not served without tokens: use localhost, or name it in ALLOWED_HOSTS."
                app = refusal_response(refused(message, code=ErrorCode.FORBIDDEN, status=403), headers.get("accept"))
        await app(scope, receive, send)

    def _allows(self, host: str) -> bool:
        found = HOST.fullmatch(host)
        name = found["name"].strip("[]").lower() if found is not None else ""
        return name in self._allowed or name == "localhost" or name.endswith(".localhost") or _is_loopback(name)


def _is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
