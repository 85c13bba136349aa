"""Messages of the graphql-transport-ws protocol, and the codes with which the server closes a connection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import msgspec

from serving.graphql.errors import RequestRejected
from serving.graphql.strict_json import decode

SUBPROTOCOL = "graphql-transport-ws"

MAX_ID_LENGTH = 255
MAX_REASON_BYTES = 123
"""Maximum size of the reason in a WebSocket's close frame."""

TYPES = ("connection_init", "ping", "pong", "subscribe", "complete")
"""The messages that a client may send."""


class CloseCode(IntEnum):
    """The codes of the protocol, and those of WebSocket itself after which clients connect again."""

    NORMAL = 1000
    SERVICE_RESTART = 1012
    TRY_AGAIN_LATER = 1013
    BAD_REQUEST = 4400
    UNAUTHORIZED = 4401
    FORBIDDEN = 4403
    SUBPROTOCOL_NOT_ACCEPTABLE = 4406
    INIT_TIMEOUT = 4408
    SUBSCRIBER_EXISTS = 4409
    TOO_MANY_INITS = 4429
    INTERNAL = 4500


class Closed(Exception):
    """The connection must be closed with this code and reason."""

    def __init__(self, code: CloseCode, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason.encode()[:MAX_REASON_BYTES].decode(errors="ignore")


@dataclass(frozen=True, slots=True)
class ClientMessage:
    """A message of the client. `id` is empty if the message is not about an operation."""

    type: str
    id: str = ""
    payload: Mapping[str, Any] = field(default_factory=dict)


def parse_message(text: str | None) -> ClientMessage:
    """The message in a text frame. Raises Closed if it is not one of the protocol."""
    if text is None:
        raise _invalid("Send messages as text.")
    try:
        members = decode(text.encode(errors="replace"), "The message")
    except RequestRejected:
        raise _invalid("Send messages as JSON.") from None
    if not isinstance(members, dict) or members.get("type") not in TYPES:
        raise _invalid("The message has no type of the protocol.")
    payload = members.get("payload")
    if payload is not None and not isinstance(payload, dict):
        raise _invalid("Send the payload as a JSON object.")
    return ClientMessage(members["type"], _id(members), payload or {})


def _id(members: Mapping[str, Any]) -> str:
    if members["type"] not in ("subscribe", "complete"):
        return ""
    id = members.get("id")
    if not isinstance(id, str) or not 0 < len(id) <= MAX_ID_LENGTH:
        raise _invalid(f"Send the id of the operation as a string of 1 to {MAX_ID_LENGTH} characters.")
    return id


def _invalid(reason: str) -> Closed:
    return Closed(CloseCode.BAD_REQUEST, reason)


def encode_message(type: str, id: str | None = None, payload: Any = None) -> str:
    """A message of the server. Without an id or payload, it has no such member."""
    members: dict[str, Any] = {"type": type}
    if id is not None:
        members = {"id": id, **members}
    if payload is not None:
        members["payload"] = payload
    return msgspec.json.encode(members).decode()
