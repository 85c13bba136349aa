"""Inputs that take exactly one of their members (`@oneOf`).

Strawberry checks them with an exception that graphql-core's coercion of variables does not expect, and does not tell
introspection. graphql-core does both itself once it knows these types.
"""

from __future__ import annotations

import strawberry
from graphql import GraphQLInputObjectType


def declare_one_of(schema: strawberry.Schema) -> None:
    """Tell graphql-core which inputs are declared with `one_of`."""
    for type_ in schema._schema.type_map.values():
        definition = type_.extensions.get("strawberry-definition")
        if isinstance(type_, GraphQLInputObjectType) and definition is not None and definition.is_one_of:
            type_.is_one_of = True
