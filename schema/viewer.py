"""The caller of a request."""

from __future__ import annotations

import enum

import strawberry

from schema.context import link
from schema.customer import Customer
from schema.open_enum import enum_value


@strawberry.enum(description="The kind of caller, which determines what it can access.")
class ViewerKind(enum.Enum):
    ANONYMOUS = enum_value(
        "anonymous",
        "A caller without a credential, which can access every wallet. Exists only in the sandbox, or if the "
        "operator allows it.",
    )
    CUSTOMER = enum_value("customer", "A customer, which can access its own wallet only.")
    SERVICE = enum_value("service", "A trusted service, which can access every wallet.")


@strawberry.type(description="The caller, as identified by the credential.")
class Viewer:
    subject: str | None = strawberry.field(description="Subject of the credential. Null for an anonymous caller.")
    kind: ViewerKind = strawberry.field(description="The kind of caller, which determines what it can access.")
    customer: Customer | None = link(
        lambda links: links.own_customer,
        "The caller's own customer. Null if the caller is not a customer, or if the customer is deleted.",
    )
