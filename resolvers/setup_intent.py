"""SetupIntents: create, retrieve, confirm, cancel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from resolvers import expansion
from resolvers.errors import RETURN_URL, invalid_input
from resolvers.idempotency import keys
from resolvers.selection import Selection
from schema.payloads import (
    CancelSetupIntentInput,
    CancelSetupIntentPayload,
    ConfirmSetupIntentInput,
    ConfirmSetupIntentPayload,
    CreateSetupIntentInput,
    CreateSetupIntentPayload,
)
from schema.setup_intent import SetupIntent
from stripe_api import StripeObject
from stripe_api.form import Value

if TYPE_CHECKING:
    from resolvers.context import RequestContext


async def retrieve(
    info: strawberry.Info[Any, None],
    id: Annotated[strawberry.ID, strawberry.argument(description="Id of the SetupIntent, seti_…")],
) -> SetupIntent | None:
    """The SetupIntent; None when there is none, or none that the caller may see."""
    return await retrieve_selected(info.context, id, Selection.of(info))


async def retrieve_selected(context: RequestContext, id: str, selection: Selection) -> SetupIntent | None:
    """The SetupIntent with all that is selected of it."""
    json = await context.setup_intents.load(id, expansion.of_setup_intent(selection))
    return _seen(context, json) if json is not None else None


def _seen(context: RequestContext, json: StripeObject) -> SetupIntent:
    """The SetupIntent, whose customer need not be read again for the payment method of its last error."""
    context.prime_customer(json.get("customer"))
    return SetupIntent(json)


async def create(
    info: strawberry.Info[Any, None],
    input: Annotated[CreateSetupIntentInput, strawberry.argument(description="What for, and for whom.")],
) -> CreateSetupIntentPayload:
    """POST /v1/setup_intents."""
    context: RequestContext = info.context
    json = await context.stripe.setup_intents.create(
        _parameters(context, input),
        expand=_expand(info, "CreateSetupIntentPayload"),
        idempotency_key=keys(context.caller, "createSetupIntent", input.idempotency_key)("create"),
    )
    context.forget_reads()
    return CreateSetupIntentPayload(setup_intent=_seen(context, json))


async def confirm(
    info: strawberry.Info[Any, None],
    input: Annotated[ConfirmSetupIntentInput, strawberry.argument(description="Which SetupIntent, and with what.")],
) -> ConfirmSetupIntentPayload:
    """POST /v1/setup_intents/{setup_intent}/confirm."""
    context: RequestContext = info.context
    intent = await context.prove_setup_intent(input.setup_intent_id)
    if intent is not None and input.return_url is None and _may_redirect(intent):
        raise invalid_input("returnUrl", RETURN_URL)
    json = await context.stripe.setup_intents.confirm(
        input.setup_intent_id,
        payment_method=input.payment_method_id,
        return_url=input.return_url,
        expand=_expand(info, "ConfirmSetupIntentPayload"),
        idempotency_key=keys(context.caller, "confirmSetupIntent", input.idempotency_key)("confirm"),
    )
    context.forget_reads()
    return ConfirmSetupIntentPayload(setup_intent=_seen(context, json))


async def cancel(
    info: strawberry.Info[Any, None],
    input: Annotated[CancelSetupIntentInput, strawberry.argument(description="Which SetupIntent.")],
) -> CancelSetupIntentPayload:
    """POST /v1/setup_intents/{setup_intent}/cancel."""
    context: RequestContext = info.context
    await context.prove_setup_intent(input.setup_intent_id)
    json = await context.stripe.setup_intents.cancel(
        input.setup_intent_id,
        expand=_expand(info, "CancelSetupIntentPayload"),
        idempotency_key=keys(context.caller, "cancelSetupIntent", input.idempotency_key)("cancel"),
    )
    context.forget_reads()
    return CancelSetupIntentPayload(setup_intent=_seen(context, json))


def _may_redirect(intent: StripeObject) -> bool:
    methods = intent.get("automatic_payment_methods")
    return isinstance(methods, dict) and methods.get("enabled") is True and methods.get("allow_redirects") != "never"


def _expand(info: strawberry.Info[Any, None], payload: str) -> list[str]:
    context: RequestContext = info.context
    selected = expansion.of_setup_intent(Selection.of(info).below(payload, "setupIntent"))
    return context.expand_of_write(selected, expansion.ALL_OF_SETUP_INTENT)


def _parameters(context: RequestContext, input: CreateSetupIntentInput) -> dict[str, Value | None]:
    if input.usage.name == "UNKNOWN":
        raise invalid_input("usage", "Choose OFF_SESSION or ON_SESSION.")
    if input.confirm and input.payment_method_id is None:
        raise invalid_input("paymentMethodId", "Name the method to confirm with, or leave confirm out.")
    if input.return_url is not None and not input.confirm:
        raise invalid_input("returnUrl", "returnUrl goes with confirm; without it, give it when you confirm.")
    methods: dict[str, Value | None] = {"enabled": True}
    if input.confirm and input.return_url is None:
        # Without a place to come back to, no method may send the customer away.
        methods["allow_redirects"] = "never"
    return {
        "customer": context.owner(input.customer_id),
        "payment_method": input.payment_method_id,
        "usage": input.usage.word,
        "confirm": True if input.confirm else None,
        "return_url": input.return_url,
        "automatic_payment_methods": methods,
    }
