"""Each mutation returns the errors that it declares, and no others: its description lists them."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from app import schema
from quality.harness import builders
from quality.harness.clients import Api
from quality.harness.wallets import (
    AMARA,
    AMARAS_DEFAULT,
    JENNY,
    JENNYS_CARD,
    MATEOS_CARD,
    SPENT_CARD,
    UNATTACHED_CARD,
)
from resolvers.mutations.set_default_payment_method import SetDefaultPaymentMethodPayload
from resolvers.writes import declared_errors
from sandbox import Fault
from schema.errors import NotAttachedError, NotFoundError, UserError

MUTATIONS = schema._schema.mutation_type.fields


def declared(mutation: str) -> tuple[type[UserError], ...]:
    definition = MUTATIONS[mutation].extensions["strawberry-definition"]
    return definition.metadata[declared_errors.ERRORS]


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_the_description_lists_the_declared_errors(mutation):
    listed = re.findall(r"\w+Error\b", MUTATIONS[mutation].description.partition("Possible errors: ")[2])
    assert listed == [error.__name__ for error in declared(mutation)]
    assert len(set(listed)) == len(listed) >= 3


Request = tuple[str, dict[str, Any]]


def request(mutation: str, **input: Any) -> Request:
    return mutation, input


class Case:
    """The requests before, and the input that is rejected.

    `failing`: the path of the POSTs that fail. `refusal`: the error with which Stripe answers every call.
    """

    def __init__(
        self, *before: Request, failing: str | None = None, refusal: dict[str, Any] | None = None, **input: Any
    ) -> None:
        self.before, self.failing, self.refusal, self.input = before, failing, refusal, input


SUBSCRIPTIONS = "/v1/subscriptions/"
CREATED = "the id of the intent that was created last"
CREATE = request("createSetupIntent", customerId=JENNY)
PRICE: dict[str, Any] = {"amount": 1099, "currency": "usd"}
PAYMENT = request("createPaymentIntent", **PRICE, customerId=JENNY)
PAYING: dict[str, Any] = {"paymentIntentId": CREATED, "paymentMethodId": "pm_card_visa"}
PAY = request("confirmPaymentIntent", **PAYING)
CONFIRMATION: dict[str, Any] = {"setupIntentId": CREATED, "paymentMethodId": "pm_card_visa"}
CONFIRM = request("confirmSetupIntent", **CONFIRMATION)
SAVED = (request("createPaymentIntent", **PRICE, customerId=JENNY, setupFutureUsage="OFF_SESSION"), PAY)
DETACH = request("detachPaymentMethod", paymentMethodId=JENNYS_CARD)
VISA: dict[str, Any] = {"paymentMethodId": "pm_card_visa", "customerId": JENNY}
DECLINED = "pm_card_visa_chargeDeclined"
NAME: dict[str, Any] = {"billingDetails": {"name": "Jenny"}}
NOT_SAVEABLE = {"message": "PaymentMethods of type 'ideal' cannot be saved to customers."}
BY_BANK = {"type": "card_error", "code": "debit_not_authorized", "message": "The bank declined the debit."}
DEPOSITS: dict[str, Any] = {"amounts": [32, 45]}
MISMATCH = "payment_method_microdeposit_verification_amounts_mismatch"
KEY: dict[str, Any] = {"idempotencyKey": "key"}
SHEET: dict[str, Any] = {"components": {"customerSheet": {}}}
VERSION: dict[str, Any] = {"stripeVersion": "2020-08-27"}
AT_ONCE: dict[str, Any] = {**PRICE, "confirm": True, "idempotencyKey": "at once"}

CASES: dict[str, dict[str, Case]] = {
    "attachPaymentMethod": {
        "NotFoundError": Case(paymentMethodId="pm_none", customerId=JENNY),
        "IdempotencyConflictError": Case(
            request("attachPaymentMethod", **VISA, **KEY), paymentMethodId=UNATTACHED_CARD, customerId=JENNY, **KEY
        ),
        "AlreadyAttachedError": Case(paymentMethodId=MATEOS_CARD, customerId=JENNY),
        "NotReusableError": Case(paymentMethodId=SPENT_CARD, customerId=JENNY),
        "NotSaveableError": Case(**VISA, refusal=NOT_SAVEABLE),
        "CardDeclinedError": Case(paymentMethodId=DECLINED, customerId=JENNY),
        "DeclinedError": Case(**VISA, refusal=BY_BANK),
        "DuplicatePaymentMethodError": Case(request("attachPaymentMethod", **VISA), **VISA, onDuplicate="REJECT"),
        "DefaultNotSetError": Case(**VISA, setAsDefault=True, failing=f"/{JENNY}$"),
        "SubscriptionsNotMovedError": Case(
            paymentMethodId="pm_card_visa", customerId=AMARA, moveSubscriptions="ALL", failing=SUBSCRIPTIONS
        ),
        "AllowRedisplayNotSetError": Case(**VISA, allowRedisplay="ALWAYS", failing="/payment_methods/pm_[^/]+$"),
    },
    "detachPaymentMethod": {
        "NotFoundError": Case(paymentMethodId="pm_none"),
        "IdempotencyConflictError": Case(
            request("detachPaymentMethod", paymentMethodId=MATEOS_CARD, **KEY), paymentMethodId=JENNYS_CARD, **KEY
        ),
        "NotAttachedError": Case(paymentMethodId=UNATTACHED_CARD),
        "PaymentMethodInUseError": Case(paymentMethodId=AMARAS_DEFAULT, unlessInUse=True),
    },
    "updatePaymentMethod": {
        "NotFoundError": Case(paymentMethodId="pm_none", **NAME),
        "IdempotencyConflictError": Case(
            request("updatePaymentMethod", paymentMethodId=MATEOS_CARD, **NAME, **KEY),
            paymentMethodId=JENNYS_CARD,
            **NAME,
            **KEY,
        ),
        "NotAttachedError": Case(paymentMethodId=UNATTACHED_CARD, **NAME),
    },
    "setDefaultPaymentMethod": {
        "NotFoundError": Case(paymentMethodId="pm_none", customerId=AMARA),
        "IdempotencyConflictError": Case(
            request("setDefaultPaymentMethod", paymentMethodId=AMARAS_DEFAULT, customerId=AMARA, **KEY),
            paymentMethodId=JENNYS_CARD,
            customerId=JENNY,
            **KEY,
        ),
        **dict.fromkeys(
            ("DefaultNotSetError", "SubscriptionsNotMovedError"),
            Case(paymentMethodId=AMARAS_DEFAULT, customerId=AMARA, moveSubscriptions="ALL", failing=SUBSCRIPTIONS),
        ),
    },
    "createSetupIntent": {
        "NotFoundError": Case(customerId="cus_none"),
        "IdempotencyConflictError": Case(
            request("createSetupIntent", customerId=AMARA, **KEY), customerId=JENNY, **KEY
        ),
        "NotReusableError": Case(DETACH, customerId=JENNY, paymentMethodId=JENNYS_CARD, confirm=True),
        "NotSaveableError": Case(**VISA, confirm=True, refusal=NOT_SAVEABLE),
        "CardDeclinedError": Case(customerId=JENNY, paymentMethodId=DECLINED, confirm=True),
        "DeclinedError": Case(**VISA, confirm=True, refusal=BY_BANK),
        "AllowRedisplayNotSetError": Case(
            customerId=JENNY,
            paymentMethodId="pm_card_authenticationRequired",
            confirm=True,
            returnUrl="https://shop.example",
            allowRedisplay="ALWAYS",
        ),
    },
    "confirmSetupIntent": {
        "NotFoundError": Case(setupIntentId="seti_none", returnUrl="https://shop.example"),
        "IdempotencyConflictError": Case(
            CREATE, request("confirmSetupIntent", **CONFIRMATION, **KEY), CREATE, **CONFIRMATION, **KEY
        ),
        "NotReusableError": Case(DETACH, CREATE, setupIntentId=CREATED, paymentMethodId=JENNYS_CARD),
        "NotSaveableError": Case(CREATE, **CONFIRMATION, refusal=NOT_SAVEABLE),
        "CardDeclinedError": Case(CREATE, setupIntentId=CREATED, paymentMethodId=DECLINED),
        "DeclinedError": Case(CREATE, **CONFIRMATION, refusal=BY_BANK),
        "InvalidStateError": Case(CREATE, CONFIRM, **CONFIRMATION),
    },
    "completeSetupIntent": {
        "NotFoundError": Case(setupIntentId="seti_none"),
        "IdempotencyConflictError": Case(
            CREATE,
            CONFIRM,
            request("completeSetupIntent", setupIntentId=CREATED, setAsDefault=True, **KEY),
            CREATE,
            CONFIRM,
            setupIntentId=CREATED,
            setAsDefault=True,
            **KEY,
        ),
        "InvalidStateError": Case(CREATE, setupIntentId=CREATED),
        "NotReusableError": Case(
            *(CREATE, CONFIRM) * 2,
            request("completeSetupIntent", setupIntentId=CREATED, onDuplicate="REUSE_EXISTING"),
            setupIntentId=CREATED,
        ),
        "DuplicatePaymentMethodError": Case(*(CREATE, CONFIRM) * 2, setupIntentId=CREATED, onDuplicate="REJECT"),
        "DefaultNotSetError": Case(CREATE, CONFIRM, setupIntentId=CREATED, setAsDefault=True, failing=f"/{JENNY}$"),
        "SubscriptionsNotMovedError": Case(
            request("createSetupIntent", customerId=AMARA),
            CONFIRM,
            setupIntentId=CREATED,
            moveSubscriptions="ALL",
            failing=SUBSCRIPTIONS,
        ),
    },
    "cancelSetupIntent": {
        "NotFoundError": Case(setupIntentId="seti_none"),
        "IdempotencyConflictError": Case(
            CREATE, request("cancelSetupIntent", setupIntentId=CREATED, **KEY), CREATE, setupIntentId=CREATED, **KEY
        ),
        "InvalidStateError": Case(CREATE, CONFIRM, setupIntentId=CREATED),
    },
    "createPaymentIntent": {
        "NotFoundError": Case(**PRICE, customerId="cus_none"),
        "IdempotencyConflictError": Case(
            request("createPaymentIntent", **PRICE, **KEY), amount=1, currency="jpy", **KEY
        ),
        "NotReusableError": Case(DETACH, **AT_ONCE, customerId=JENNY, paymentMethodId=JENNYS_CARD),
        "NotSaveableError": Case(**AT_ONCE, **VISA, refusal=NOT_SAVEABLE),
        "CardDeclinedError": Case(**AT_ONCE, customerId=JENNY, paymentMethodId=DECLINED),
        "DeclinedError": Case(**AT_ONCE, **VISA, refusal=BY_BANK),
    },
    "confirmPaymentIntent": {
        "NotFoundError": Case(paymentIntentId="pi_none", returnUrl="https://shop.example"),
        "IdempotencyConflictError": Case(
            PAYMENT, request("confirmPaymentIntent", **PAYING, **KEY), PAYMENT, **PAYING, **KEY
        ),
        "NotReusableError": Case(DETACH, PAYMENT, paymentIntentId=CREATED, paymentMethodId=JENNYS_CARD),
        "NotSaveableError": Case(PAYMENT, **PAYING, refusal=NOT_SAVEABLE),
        "CardDeclinedError": Case(PAYMENT, paymentIntentId=CREATED, paymentMethodId=DECLINED),
        "DeclinedError": Case(PAYMENT, **PAYING, refusal=BY_BANK),
        "InvalidStateError": Case(PAYMENT, PAY, **PAYING),
    },
    "completePaymentIntent": {
        "NotFoundError": Case(paymentIntentId="pi_none"),
        "IdempotencyConflictError": Case(
            *SAVED,
            request("completePaymentIntent", paymentIntentId=CREATED, setAsDefault=True, **KEY),
            *SAVED,
            paymentIntentId=CREATED,
            setAsDefault=True,
            **KEY,
        ),
        "InvalidStateError": Case(PAYMENT, paymentIntentId=CREATED),
        "NotReusableError": Case(PAYMENT, PAY, paymentIntentId=CREATED),
        "DuplicatePaymentMethodError": Case(*SAVED * 2, paymentIntentId=CREATED, onDuplicate="REJECT"),
        "DefaultNotSetError": Case(*SAVED, paymentIntentId=CREATED, setAsDefault=True, failing=f"/{JENNY}$"),
        "SubscriptionsNotMovedError": Case(
            request("createPaymentIntent", **PRICE, customerId=AMARA, setupFutureUsage="OFF_SESSION"),
            PAY,
            paymentIntentId=CREATED,
            moveSubscriptions="ALL",
            failing=SUBSCRIPTIONS,
        ),
    },
    "cancelPaymentIntent": {
        "NotFoundError": Case(paymentIntentId="pi_none"),
        "IdempotencyConflictError": Case(
            PAYMENT,
            request("cancelPaymentIntent", paymentIntentId=CREATED, **KEY),
            PAYMENT,
            paymentIntentId=CREATED,
            **KEY,
        ),
        "InvalidStateError": Case(PAYMENT, PAY, paymentIntentId=CREATED),
    },
    "verifyMicrodeposits": {
        "NotFoundError": Case(setupIntentId="seti_none", **DEPOSITS),
        "IdempotencyConflictError": Case(setupIntentId="seti_1", **DEPOSITS, refusal={"type": "idempotency_error"}),
        "VerificationFailedError": Case(setupIntentId="seti_1", **DEPOSITS, refusal={"code": MISMATCH}),
        "InvalidStateError": Case(CREATE, setupIntentId=CREATED, **DEPOSITS),
        "DeclinedError": Case(setupIntentId="seti_1", **DEPOSITS, refusal=BY_BANK),
    },
    "createCustomerSession": {
        "NotFoundError": Case(customerId="cus_none", **SHEET),
        "IdempotencyConflictError": Case(
            request("createCustomerSession", customerId=AMARA, **SHEET, **KEY), customerId=JENNY, **SHEET, **KEY
        ),
    },
    "createEphemeralKey": {
        "NotFoundError": Case(customerId="cus_none", **VERSION),
        "IdempotencyConflictError": Case(
            request("createEphemeralKey", customerId=AMARA, **VERSION, **KEY), customerId=JENNY, **VERSION, **KEY
        ),
    },
}
"""For each mutation and each error that it declares, a case that returns the error."""
for cases in CASES.values():
    cases["InvalidInputError"] = Case(**{**cases["NotFoundError"].input, "idempotencyKey": ""})


class Client:
    """Sends mutations, and replaces CREATED by the id of the last intent."""

    def __init__(self, api: Api) -> None:
        self.api, self.created = api, ""

    async def send(self, mutation: str, input: dict[str, Any]) -> list[str]:
        """The names of the errors."""
        given = {name: self.created if value == CREATED else value for name, value in input.items()}
        if mutation in ("confirmSetupIntent", "confirmPaymentIntent"):
            given.setdefault("returnUrl", "https://shop.example")
        type = MUTATIONS[mutation].args["input"].type
        created = {"createSetupIntent": "setupIntent", "createPaymentIntent": "paymentIntent"}.get(mutation)
        intent = f"{created} {{ id }}" if created else ""
        document = f"mutation($i: {type}) {{ {mutation}(input: $i) {{ {intent} errors {{ __typename }} }} }}"
        payload = (await self.api.data(document, i=given))[mutation]
        self.created = (payload.get(created) or {}).get("id", self.created)
        return [error["__typename"] for error in payload["errors"]]


DECLARED = [(mutation, error.__name__) for mutation in MUTATIONS for error in declared(mutation)]


@pytest.mark.parametrize(("mutation", "error"), DECLARED)
async def test_each_declared_error_is_returned_in_some_case(api, stripe, sandbox, monkeypatch, quick, mutation, error):
    case, client = CASES[mutation][error], Client(api)
    for step in case.before:
        assert await client.send(*step) == []
    if case.failing is not None:
        sandbox.faults.add(Fault("unavailable", method="POST", path=case.failing, times=None))
    if case.refusal is not None:
        refused = httpx.MockTransport(lambda _: httpx.Response(400, json=builders.error(**case.refusal)))
        monkeypatch.setattr(stripe, "_inner", refused)
    assert error in await client.send(mutation, case.input)


def test_an_error_that_is_not_declared_is_logged(caplog):
    payload = SetDefaultPaymentMethodPayload(errors=[NotAttachedError.at(None), NotFoundError.at(None)])
    declared_errors.compare("setDefaultPaymentMethod", payload, declared("setDefaultPaymentMethod"))
    assert [record.getMessage() for record in caplog.records] == [
        "setDefaultPaymentMethod returned NotAttachedError, which its @mutation does not declare"
    ]
    caplog.clear()
