"""The common part of all mutations: `@mutation` declares one, and its resolver receives a `Write`.

The wrapper checks the input before the first REST call, binds the idempotency keys, counts card attempts, and is the
one place that converts Stripe's errors to entries of the payload's `errors`.
"""

from __future__ import annotations

import dataclasses
import hashlib
import secrets
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, get_type_hints

import msgspec
import strawberry
from strawberry.utils.str_converters import to_camel_case

from resolvers.errors.exceptions import MutationRejected, WriteFailed, invalid_input
from resolvers.errors.stripe_refusals import user_error_of
from resolvers.reads.selection import Selection
from resolvers.writes import declared_errors
from resolvers.writes.input_checks import check_input
from resolvers.writes.write_outcomes import Attempt
from schema.errors import UserError
from stripe_api import CardError, StripeError, release_frames

if TYPE_CHECKING:
    from resolvers.context import RequestContext

T = TypeVar("T")
S = TypeVar("S", bound=Selection)

MAX_KEY_LENGTH = 255
_GENERATED = "made_by_attache_"


class Write(msgspec.Struct, frozen=True, eq=False):
    """One mutation in progress.

    `idempotency_key` is the client's, or one that the service generated; `has_client_key` tells which. A client also
    has a generated key if an error gave it out: `selection_may_change` is false then, because a retry with that key
    selects the same fields.
    """

    info: strawberry.Info[Any, None]
    idempotency_key: str
    has_client_key: bool

    @property
    def context(self) -> RequestContext:
        """The state that the resolvers of this operation share."""
        context: RequestContext = self.info.context
        return context

    @property
    def selection_may_change(self) -> bool:
        """Whether a retry may select other fields, so that REST calls must not depend on the selection."""
        return not self.idempotency_key.startswith(_GENERATED)

    def selection(self, of: type[S]) -> S:
        """The selected fields of the payload."""
        return of.of(self.info)

    def key(self, step: str) -> str:
        """Stripe's Idempotency-Key for one step: bound to the caller and the mutation, so that no two share a key.

        The input is not part of it: Stripe itself rejects a key that is used again with other input.
        """
        identity = self.context.caller.identity
        bound = msgspec.json.encode([identity, self.info.field_name, step, self.idempotency_key])
        return "attache-" + hashlib.sha256(bound).hexdigest()

    def expand(self, *selections: Selection) -> list[str]:
        """The `expand` parameter of a step. Stripe requires the same parameters for each request with one key."""
        paths = (one.EVERYTHING if self.selection_may_change else one.expand for one in selections)
        return sorted(frozenset().union(*paths))

    async def send(self, step: str, endpoint: Callable[..., Awaitable[T]], *args: Any, **params: Any) -> T:
        """The response to the step's POST. It invalidates all that this operation has read."""
        response = await endpoint(*args, **params, idempotency_key=self.key(step))
        self.context.forget_reads()
        return response

    def failed(self, error: StripeError, *, partly_done: bool = False) -> WriteFailed:
        """The error for a mutation that did not end. `partly_done`: an earlier step took effect."""
        return WriteFailed(error, idempotency_key=self.idempotency_key, partly_done=partly_done)


def begin(info: strawberry.Info[Any, None], input: Any) -> Write:
    """The write for a checked input. Raises MutationRejected for an idempotency key that is empty or too long."""
    given: str | None = input.idempotency_key
    if given is not None and not 0 < len(given) <= MAX_KEY_LENGTH:
        raise invalid_input("idempotencyKey", f"An idempotency key has 1 to {MAX_KEY_LENGTH} characters.")
    key = _GENERATED + secrets.token_hex(16) if given is None else given
    return Write(info, key, has_client_key=given is not None)


def mutation(
    description: str, *, errors: Sequence[type[UserError]] = (), tests_card: bool = False
) -> Callable[[Callable[..., Awaitable[Any]]], Any]:
    """Declares a mutation field from `async def resolver(write, input) -> Payload`.

    `errors`: the user errors that it can return, in addition to those of every mutation. The description lists them.
    `tests_card`: the response shows whether a card is valid, so attempts and declines count towards the limits
    against card testing.
    """

    all_errors = declared_errors.declared(errors)

    def declare(resolver: Callable[..., Awaitable[Any]]) -> Any:
        hints = get_type_hints(resolver)

        async def resolve(info: strawberry.Info[Any, None], input: Any) -> Any:
            context: RequestContext = info.context
            with context.writes.watch(info.field_name, input.idempotency_key, context.stripe.calls) as attempt:
                attempt.payload = await _run(resolver, hints["return"], info, input, attempt, tests_card=tests_card)
            declared_errors.compare(info.field_name, attempt.payload, all_errors)
            return attempt.payload

        described = strawberry.argument(description=hints["input"].__strawberry_definition__.description)
        resolve.__annotations__ |= {
            "input": Annotated[hints["input"], described],
            "return": hints["return"] | None,
        }
        return strawberry.mutation(
            resolver=resolve,
            description=declared_errors.described(description, all_errors),
            metadata={declared_errors.ERRORS: all_errors},
        )

    return declare


async def _run(
    resolver: Callable[..., Awaitable[Any]],
    payload: Callable[..., Any],
    info: strawberry.Info[Any, None],
    input: Any,
    attempt: Attempt,
    *,
    tests_card: bool,
) -> Any:
    context: RequestContext = info.context
    context.stripe.begin_write()
    try:
        check_input(input)
        write = begin(info, input)
        attempt.key = write.idempotency_key
        if tests_card:
            await context.cards.count()
        return await resolver(write, input)
    except MutationRejected as rejected:  # Expected: the input is not accepted, or the mutation's rules don't allow it.
        return payload(errors=[rejected.error])
    except StripeError as error:  # The one conversion of Stripe's errors in a mutation.
        if isinstance(error, CardError) and not error.replayed:
            await context.cards.count_decline()
        user_error = user_error_of(error, hide_others=context.access.own is not None)
        if user_error is None:
            raise write.failed(error) from error
        release_frames(error)
        return payload(errors=[_located(user_error, input)])


_INSTEAD = {
    "paymentMethodId": "confirmation_token_id",
    "customerId": "customer_account_id",
    "setupIntentId": "payment_intent_id",
}
"""Fields of inputs that name the same object in another way, or the PaymentIntent instead of a SetupIntent."""


def _located(error: UserError, input: Any) -> UserError:
    """The error at the field that has the object; without its path if this input does not have that field."""
    for field, given in _INSTEAD.items():
        if error.path == ["input", field] and getattr(input, given, None) is not None:
            error = dataclasses.replace(error, path=["input", to_camel_case(given)])
    fields = {to_camel_case(field.name) for field in dataclasses.fields(input)}
    missing = error.path is not None and error.path[1] not in fields
    return dataclasses.replace(error, path=None) if missing else error
