"""verifyMicrodeposits: one REST call, after a proof of ownership."""

from __future__ import annotations

import strawberry

from resolvers.errors.exceptions import MutationRejected, invalid_input
from resolvers.errors.stripe_refusals import verification_failed
from resolvers.queries.setup_intent import from_json
from resolvers.reads.lookahead import SetupIntentSelection
from resolvers.reads.selection import Below, Selection
from resolvers.writes import shared_fields
from resolvers.writes.write import Write, mutation
from schema.errors import DeclinedError, InvalidStateError, UserError, VerificationFailedError
from schema.setup_intents.setup_intent import SetupIntent
from stripe_api import InvalidRequestError


@strawberry.input(
    description="The SetupIntent, and what the customer read on the bank statement: amounts or descriptorCode."
)
class VerifyMicrodepositsInput:
    setup_intent_id: strawberry.ID = shared_fields.required("Id of the SetupIntent, seti_…")
    amounts: list[int] | None = shared_fields.optional(
        "The two amounts in cents, in any order, if microdepositType is amounts."
    )
    descriptor_code: str | None = shared_fields.optional(
        "The code of six characters that starts with SM, if microdepositType is descriptor_code."
    )
    idempotency_key: str | None = shared_fields.idempotency_key()


@strawberry.type(description="The result of verifying a bank account.")
class VerifyMicrodepositsPayload:
    setup_intent: SetupIntent | None = shared_fields.result("The SetupIntent after the verification.")
    errors: list[UserError] = shared_fields.errors()


class _Selection(Selection, of=VerifyMicrodepositsPayload):
    setup_intent = Below(lambda: SetupIntentSelection)


@mutation(
    "Verifies a bank account by the small deposits that Stripe sent to it: POST "
    "/v1/setup_intents/:id/verify_microdeposits. On success the bank account is saved. The number of tries is "
    "limited by Stripe.",
    errors=(VerificationFailedError, DeclinedError, InvalidStateError),
)
async def verify(write: Write, input: VerifyMicrodepositsInput) -> VerifyMicrodepositsPayload:
    _check(input)
    await write.context.access.prove_setup_intent(input.setup_intent_id)
    try:
        json = await write.send(
            "verify",
            write.context.stripe.setup_intents.verify_microdeposits,
            input.setup_intent_id,
            amounts=input.amounts,
            descriptor_code=input.descriptor_code,
            expand=write.expand(write.selection(_Selection).setup_intent),
        )
    except InvalidRequestError as error:
        if (failed := verification_failed(error)) is None:
            raise
        raise MutationRejected(failed) from None
    return VerifyMicrodepositsPayload(setup_intent=from_json(write.context, json))


def _check(input: VerifyMicrodepositsInput) -> None:
    if (input.amounts is None) is (input.descriptor_code is None):
        field = "amounts" if input.amounts is None else "descriptorCode"
        raise invalid_input(field, "Give amounts or descriptorCode: the one that microdepositType names.")
    if input.amounts is not None and (len(input.amounts) != 2 or min(input.amounts) < 1):
        raise invalid_input("amounts", "Give two amounts in cents, each at least 1.")
