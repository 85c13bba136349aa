"""createEphemeralKey: one REST call, and another one before it for a customer that is named by its Account."""

from __future__ import annotations

import re

import strawberry

from resolvers.access import NOTHING
from resolvers.errors.exceptions import invalid_input
from resolvers.references import id_of
from resolvers.writes import shared_fields
from resolvers.writes.session_components import check_all_allowed
from resolvers.writes.write import Write, mutation
from schema.client_access.ephemeral_key import EphemeralKey
from schema.errors import UserError
from stripe_api import is_account

_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}(\.[a-z]+)?", re.ASCII)
_ONE_VERSION = "Give the one API version of the mobile SDK, for example 2020-08-27 or 2025-10-29.clover."


@strawberry.input(description="The customer, and the API version of the mobile SDK.")
class CreateEphemeralKeyInput:
    stripe_version: str = shared_fields.required(
        "The API version of the mobile SDK that will use the key, as the SDK gives it: for example 2020-08-27. It "
        "is not the version that this service uses."
    )
    customer_id: strawberry.ID | None = shared_fields.customer_id()
    customer_account_id: strawberry.ID | None = shared_fields.optional(
        "Id of the Account that represents the customer, acct_… Used instead of customerId. Costs a further REST "
        "call, because Stripe creates ephemeral keys by the customer's own id.",
    )
    idempotency_key: str | None = shared_fields.idempotency_key()


@strawberry.type(description="The result of creating an ephemeral key.")
class CreateEphemeralKeyPayload:
    ephemeral_key: EphemeralKey | None = shared_fields.result("The new ephemeral key.")
    errors: list[UserError] = shared_fields.errors()


@mutation(
    "Creates an ephemeral key: POST /v1/ephemeral_keys. For mobile SDKs that don't use customer sessions. The key "
    "allows the customer to remove payment methods, so the operator's limit on features applies to customers: "
    "FORBIDDEN unless every feature is allowed."
)
async def create(write: Write, input: CreateEphemeralKeyInput) -> CreateEphemeralKeyPayload:
    if not _VERSION.fullmatch(input.stripe_version):
        raise invalid_input("stripeVersion", _ONE_VERSION)
    owner = write.context.access.required_owner(input.customer_id, input.customer_account_id)
    check_all_allowed(write.context)
    json = await write.send(
        # Stripe compares a key's parameters, not its version: another version is another request.
        f"create for {input.stripe_version}",
        write.context.stripe.ephemeral_keys.create,
        await _customer(write, owner),
        stripe_version=input.stripe_version,
    )
    return CreateEphemeralKeyPayload(ephemeral_key=EphemeralKey(json))


async def _customer(write: Write, owner: str) -> str:
    """The id of the customer itself. Raises InvalidRequestError, status 404, if an Account represents none."""
    if not is_account(owner):
        return owner
    with write.context.stripe.reserve_time(1):
        found = id_of(await write.context.access.retrieve_customer(owner, NOTHING))
    return found or owner
