"""The schema as files for client tools: printed by the command line, committed, and served by GET."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import strawberry
from graphql import introspection_from_schema, is_abstract_type
from graphql.utilities.print_schema import print_schema_definition
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from serving.auth.tokens import Caller, CallerKind
from serving.graphql.content_negotiation import JSON
from serving.graphql.error_codes import ErrorCode
from serving.graphql.errors import RequestRejected, rejection
from serving.graphql.responses import rejection_response
from serving.settings.settings import Settings


def sdl(schema: strawberry.Schema) -> str:
    """The schema in the schema definition language."""
    # Strawberry prints no description of the schema.
    definition = print_schema_definition(schema._schema)
    return "\n\n".join(filter(None, (definition, schema.as_str())))


def introspection(schema: strawberry.Schema) -> str:
    """The response to the full introspection query, as JSON."""
    return _json(
        introspection_from_schema(schema._schema, schema_description=True, experimental_directive_deprecation=False)
    )


def possible_types(schema: strawberry.Schema) -> str:
    """The object types of each interface and union, as JSON. Apollo's caches use it to match fragments."""
    core = schema._schema
    abstract = [type for _, type in sorted(core.type_map.items()) if is_abstract_type(type)]
    return _json({type.name: sorted(member.name for member in core.get_possible_types(type)) for type in abstract})


def _json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


@dataclass(frozen=True)
class SchemaFile:
    """One format of the schema: its path, its media type, and the function that prints it."""

    path: str
    media_type: str
    write: Callable[[strawberry.Schema], str]


SCHEMA_FILES: Mapping[str, SchemaFile] = {
    "sdl": SchemaFile("/schema.graphql", "text/plain", sdl),
    "introspection": SchemaFile("/schema.json", JSON, introspection),
    "possible-types": SchemaFile("/possible-types.json", JSON, possible_types),
}
"""The files, by their names on the command line."""


Admit = Callable[[Request], Awaitable[Caller]]
"""Checks a request and returns its caller. Raises RequestRejected."""


def schema_routes(schema: strawberry.Schema, settings: Settings, admit: Admit) -> Sequence[Route]:
    """A route for each file, with the same admission as GraphQL. No routes if introspection is off."""
    if not settings.allows_introspection(service=True):
        return []
    return [Route(file.path, _Download(schema, file, settings, admit).respond) for file in SCHEMA_FILES.values()]


class _Download:
    """One file, printed at its first request."""

    def __init__(self, schema: strawberry.Schema, file: SchemaFile, settings: Settings, admit: Admit) -> None:
        self._schema = schema
        self._file = file
        self._settings = settings
        self._admit = admit

    async def respond(self, request: Request) -> Response:
        try:
            self._check(await self._admit(request))
        except RequestRejected as rejected:
            return rejection_response(rejected, request.headers.get("accept"))
        # Clients may cache the file and revalidate it each time. Shared caches must not store it.
        headers = {"ETag": self._tag, "Cache-Control": "private, no-cache"}
        if _is_known(self._tag, request.headers.get("if-none-match")):
            return Response(status_code=304, headers=headers)
        return Response(self._content, headers=headers, media_type=self._file.media_type)

    def _check(self, caller: Caller) -> None:
        if not self._settings.allows_introspection(service=caller.kind is CallerKind.SERVICE):
            raise rejection(
                "Only service callers may read the schema (INTROSPECTION).", code=ErrorCode.FORBIDDEN, status=403
            )

    @cached_property
    def _content(self) -> bytes:
        return f"{self._file.write(self._schema)}\n".encode()

    @cached_property
    def _tag(self) -> str:
        # The tag is weak, because the file may also be sent compressed.
        return f'W/"{hashlib.sha256(self._content).hexdigest()[:32]}"'


def _is_known(tag: str, if_none_match: str | None) -> bool:
    known = [entry.strip().removeprefix("W/") for entry in (if_none_match or "").split(",")]
    return tag.removeprefix("W/") in known or "*" in known
