"""Follows the changes of a wallet from a backend with Python's gql, over a WebSocket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from typing import Any

from aiohttp import ClientSession
from gql import Client, GraphQLRequest
from gql.transport.aiohttp_websockets import AIOHTTPWebsocketsTransport
from gql.transport.exceptions import TransportConnectionFailed, TransportQueryError


def make_live_client(url: str, token: str, schema: str, after: str | None, http: ClientSession) -> Client:
    """A client that resumes after the change with the id `after`. It uses the HTTP session, which the caller closes."""
    payload = {"authorization": f"Bearer {token}", "after": after}
    transport = AIOHTTPWebsocketsTransport(
        url.replace("http", "ws", 1),
        init_payload={name: value for name, value in payload.items() if value is not None},
        session=http,
    )
    return Client(transport=transport, schema=schema)


async def changes(
    url: str, get_token: Callable[[], str], schema: str, document: str, pause: float = 1.0
) -> AsyncGenerator[dict[str, Any], None]:
    """Each change. It connects again when the connection or the token ends, and resumes after the last change."""
    after = None
    while True:
        try:
            async with (
                ClientSession() as http,
                make_live_client(url, get_token(), schema, after, http) as session,
            ):
                async for result in session.subscribe(GraphQLRequest(document)):
                    after = result["walletChanged"]["id"]
                    yield result["walletChanged"]
        except TransportConnectionFailed:
            pass
        except TransportQueryError as error:
            if not has_expired(error):
                raise
        await asyncio.sleep(pause)


def has_expired(error: TransportQueryError) -> bool:
    """Whether the subscription ended with its token."""
    return "UNAUTHENTICATED" in [entry.get("extensions", {}).get("code") for entry in error.errors or []]
