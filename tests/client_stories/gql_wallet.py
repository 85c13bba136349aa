"""Calls the service from a backend with Python's gql."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

from gql import Client, GraphQLRequest
from gql.client import AsyncClientSession
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.exceptions import TransportConnectionFailed, TransportError, TransportQueryError


def make_client(url: str, token: str, schema: str) -> Client:
    """`schema` is what schema.graphql holds: documents are checked against it before they are sent."""
    transport = AIOHTTPTransport(url, headers={"Authorization": f"Bearer {token}"})
    return Client(transport=transport, schema=schema)


async def once(session: AsyncClientSession, document: str, input: dict[str, Any], *, tries: int = 3) -> dict[str, Any]:
    """Sends a mutation, and repeats it with the same idempotency key while its outcome is open."""
    variables = {"input": {**input, "idempotencyKey": str(uuid.uuid4())}}
    while True:
        tries -= 1
        try:
            return await session.execute(GraphQLRequest(document, variable_values=variables))
        except (TransportQueryError, TransportConnectionFailed) as error:
            if not tries or not is_open(error):
                raise
        await asyncio.sleep(1)


def is_open(error: TransportError) -> bool:
    """Whether the connection broke, or the service reports UNKNOWN or PARTIAL."""
    if not isinstance(error, TransportQueryError):
        return True
    outcomes = [entry.get("extensions", {}).get("outcome") for entry in error.errors or []]
    return "UNKNOWN" in outcomes or "PARTIAL" in outcomes
