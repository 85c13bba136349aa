"""Writes the files that the Node peers read at start: their part of the schema, and the payment-method types."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from graphql import DocumentNode, Visitor, parse, print_ast, visit

from quality.harness.processes import ROOT
from schema.payment_methods.payment_method_type import KINDS

SERVED = {
    "Query": ("customer",),
    "Mutation": ("attachPaymentMethod",),
    # graphql-jit rejects an input without the fields that have defaults.
    "AttachPaymentMethodInput": ("paymentMethodId", "customerId"),
    "UserError": ("message", "code"),
}
"""The fields of these types that the peers serve. They serve all fields of other types."""

_ROOTS = ("Query", "Mutation")


def write(folder: Path) -> None:
    """Create `slice.graphql` and `kinds.json` in the folder."""
    (folder / "slice.graphql").write_text(schema_slice((ROOT / "schema.graphql").read_text()))
    kinds = {kind.value: {"name": kind.name, "labelMember": kind.label_member} for kind in KINDS.values()}
    (folder / "kinds.json").write_text(json.dumps(kinds))


def schema_slice(sdl: str) -> str:
    """The types reachable from the served fields, without descriptions. UserError becomes an object type."""
    document = parse(sdl.replace("interface UserError ", "type UserError "), no_location=True)
    types: dict[str, Any] = {
        one.name.value: one for one in visit(document, _Served()).definitions if hasattr(one, "name")
    }
    reached: dict[str, Any] = {}
    waiting = list(_ROOTS)
    while waiting:
        name = waiting.pop()
        if name in types and name not in reached:
            reached[name] = types[name]
            references = _References()
            visit(types[name], references)
            waiting += references.names
    return print_ast(DocumentNode(definitions=tuple(reached.values())))


class _Served(Visitor):
    """Removes descriptions and fields that are not served."""

    def leave(self, node: Any, *_: Any) -> Any:
        if hasattr(node, "fields") and node.name.value in SERVED:
            served = SERVED[node.name.value]
            node = replace(node, fields=tuple(field for field in node.fields or () if field.name.value in served))
        return replace(node, description=None) if getattr(node, "description", None) else node


class _References(Visitor):
    """The names of the types that a definition refers to."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def enter_named_type(self, node: Any, *_: Any) -> None:
        self.names.append(node.name.value)
