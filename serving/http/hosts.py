"""The Host header: its syntax, and the hosts that a service for this machine accepts."""

from __future__ import annotations

import re

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from serving.graphql.error_codes import ErrorCode
from serving.graphql.errors import rejection
from serving.graphql.responses import rejection_response
from serving.settings.no_proxy import is_loopback
from serving.settings.settings import Settings

HOST = re.compile(r"(?P<name>[\w.-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?", re.ASCII)


class LocalHostsOnly:
    """Rejects requests with another Host header, as browsers send them after DNS rebinding.

    If another site's name resolves to this machine, browsers treat its pages as pages of this service. Only the Host
    header shows the difference.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._allowed = {settings.host.lower(), *map(str.lower, settings.allowed_hosts)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._app
        if scope["type"] in ("http", "websocket"):
            headers = Headers(scope=scope)
            # Every browser sends a Host header.
            if (host := headers.get("host")) and not self._allows(host):
                message = "Use localhost: other hosts are served only if ALLOWED_HOSTS lists them."
                app = rejection_response(
                    rejection(message, code=ErrorCode.FORBIDDEN, status=403), headers.get("accept")
                )
        await app(scope, receive, send)

    def _allows(self, host: str) -> bool:
        found = HOST.fullmatch(host)
        name = found["name"].strip("[]").lower() if found is not None else ""
        return name in self._allowed or name.endswith(".localhost") or is_loopback(name)
