"""Who is calling."""

from __future__ import annotations

import enum

import strawberry

from schema.context import Info
from schema.customer import Customer


@strawberry.enum(description="What kind of caller the credential makes.")
class ViewerKind(enum.Enum):
    ANONYMOUS = strawberry.enum_value(
        "anonymous", description="No credential. Exists only with the sandbox, or where an operator has allowed it."
    )
    CUSTOMER = strawberry.enum_value("customer", description="A customer, who sees one wallet: their own.")
    SERVICE = strawberry.enum_value("service", description="A trusted service, which sees all wallets.")


@strawberry.type(description="The caller, as the credential proves.")
class Viewer:
    subject: str | None = strawberry.field(description="Subject of the credential; null for an anonymous caller.")
    kind: ViewerKind = strawberry.field(description="What the caller may see.")

    @strawberry.field(description="The caller's own customer; null for callers that are none, and for a deleted one.")
    async def customer(self, info: Info) -> Customer | None:
        return await info.context.links.own_customer(info)
