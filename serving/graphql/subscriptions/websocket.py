"""GraphQL over WebSocket, by the graphql-transport-ws protocol: the handshake."""

from __future__ import annotations

import contextlib

from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from serving.graphql.errors import RequestRejected
from serving.graphql.responses import rejection_response
from serving.graphql.subscriptions.connection import GONE, Connection
from serving.graphql.subscriptions.messages import SUBPROTOCOL, CloseCode
from serving.graphql.subscriptions.operations import Operations
from serving.graphql.subscriptions.records import record_refusal
from serving.graphql.subscriptions.waiting import Waiters


class WebSocketEndpoint:
    """The GraphQL endpoint for WebSockets, as an ASGI app.

    `init` is the time in seconds for connection_init, `idle` the time after which a connection without operations is
    closed.
    """

    def __init__(self, operations: Operations, waiters: Waiters, *, init: float, idle: float) -> None:
        self._operations = operations
        self._waiters = waiters
        self._init = init
        self._idle = idle

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        websocket = WebSocket(scope, receive, send)
        try:
            await self._operations.steps.admission.admit_connection(websocket)
        except RequestRejected as rejected:
            record_refusal(self._operations.steps.start_record, websocket, rejected)
            await rejection_response(rejected, websocket.headers.get("accept"))(scope, receive, send)
            return
        with contextlib.suppress(*GONE):
            await self._serve(websocket)

    async def _serve(self, websocket: WebSocket) -> None:
        await websocket.receive()
        if SUBPROTOCOL not in websocket.scope["subprotocols"]:
            await websocket.accept()
            await websocket.close(CloseCode.SUBPROTOCOL_NOT_ACCEPTABLE, "Subprotocol not acceptable")
            return
        await websocket.accept(SUBPROTOCOL)
        connection = Connection(websocket, self._operations, init=self._init, idle=self._idle)
        self._waiters.add(connection.waiter)
        try:
            await connection.run()
        finally:
            self._waiters.discard(connection.waiter)
