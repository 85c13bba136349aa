"""The description of the whole schema, which Strawberry has no parameter for."""

from __future__ import annotations

import strawberry

DESCRIPTION = """\
The saved payment methods of Stripe's customers: their wallets.

Types and fields have Stripe's names in camelCase and Stripe's meaning. A customer accesses its own wallet, and a
service all wallets. A mutation returns the reasons for a refusal in its payload's `errors`: each has a type, a code, a
message and the path of the input. Top-level errors are for invalid requests and failures."""


def describe(schema: strawberry.Schema) -> None:
    """Give the schema its description."""
    schema._schema.description = DESCRIPTION
