"""The schema as files for the tools of client developers: printed by the command line, committed, served by GET."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import strawberry
from graphql import introspection_from_schema, is_abstract_type
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from serving.auth.tokens import Caller, CallerKind
from serving.graphql.content_negotiation import JSON
from serving.graphql.endpoint import Admit, refusal_response
from serving.graphql.error_codes import ErrorCode
from serving.graphql.errors import NotExecuted, refused
from serving.settings.settings import Settings


def sdl(schema: strawberry.Schema) -> str:
    """The schema in GraphQL's own language."""
    return schema.as_str()


def introspection(schema: strawberry.Schema) -> str:
    """What the full introspection query answers, as JSON."""
    return _json(introspection_from_schema(schema._schema, experimental_directive_deprecation=False))


def possible_types(schema: strawberry.Schema) -> str:
    """The object types of each interface and union, as JSON; Apollo's caches match fragments by it."""
    core = schema._schema
    abstract = [type for _, type in sorted(core.type_map.items()) if is_abstract_type(type)]
    return _json({type.name: sorted(member.name for member in core.get_possible_types(type)) for type in abstract})


def _json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


@dataclass(frozen=True)
class SchemaFile:
    """One form of the schema: where it is served, as what, and how it is written."""

    path: str
    media_type: str
    write: Callable[[strawberry.Schema], str]


SCHEMA_FILES: Mapping[str, SchemaFile] = {
    "sdl": SchemaFile("/schema.graphql", "text/plain", sdl),
    "introspection": SchemaFile("/schema.json", JSON, introspection),
    "possible-types": SchemaFile("/possible-types.json", JSON, possible_types),
}
"""By the names that the command line knows them by."""


def schema_routes(schema: strawberry.Schema, settings: Settings, admit: Admit) -> Sequence[Route]:
    """A route for each file, behind the same gate as GraphQL; none where nobody may ask for the schema."""
    if not settings.allows_introspection(service=True):
        return []
    return [Route(file.path, _Download(schema, file, settings, admit).respond) for file in SCHEMA_FILES.values()]


class _Download:
    """One file, written when it is first asked for."""

    def __init__(self, schema: strawberry.Schema, file: SchemaFile, settings: Settings, admit: Admit) -> None:
        self._schema = schema
        self._file = file
        self._settings = settings
        self._admit = admit

    async def respond(self, request: Request) -> Response:
        try:
            self._check(await self._admit(request))
        except NotExecuted as refusal:
            return refusal_response(refusal, request.headers.get("accept"))
        # A client may keep it and asks each time whether it still holds; caches that others share keep nothing.
        headers = {"ETag": self._tag, "Cache-Control": "private, no-cache"}
        if _is_known(self._tag, request.headers.get("if-none-match")):
            return Response(status_code=304, headers=headers)
        return Response(self._content, headers=headers, media_type=self._file.media_type)

    def _check(self, caller: Caller) -> None:
        if not self._settings.allows_introspection(service=caller.kind is CallerKind.SERVICE):
            raise refused("The schema is for services here (INTROSPECTION).", code=ErrorCode.FORBIDDEN, status=403)

    @cached_property
    def _content(self) -> bytes:
        return f"{self._file.write(self._schema)}\n".encode()

    @cached_property
    def _tag(self) -> str:
        # Weak: the same file may be sent packed.
        return f'W/"{hashlib.sha256(self._content).hexdigest()[:32]}"'


def _is_known(tag: str, if_none_match: str | None) -> bool:
    known = [entry.strip().removeprefix("W/") for entry in (if_none_match or "").split(",")]
    return tag.removeprefix("W/") in known or "*" in known
