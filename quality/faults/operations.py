"""The GraphQL operations of scenarios: their documents, inputs and fixtures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from quality.faults.preparation import Prepared

_ERRORS = "errors { __typename code message path }"
_ATTACH = f"""mutation Attach($input: AttachPaymentMethodInput!) {{ attachPaymentMethod(input: $input) {{
  paymentMethod {{ id isDefault customer {{ id email }} }} reusedExisting
  customer {{ id defaultPaymentMethod {{ id }} paymentMethods(first: 20) {{ nodes {{ id }} }} }} {_ERRORS} }} }}"""
_DETACH = f"""mutation Detach($input: DetachPaymentMethodInput!) {{ detachPaymentMethod(input: $input) {{
  detachedPaymentMethodId customer {{ id defaultPaymentMethod {{ id }} }} {_ERRORS} }} }}"""
_UPDATE = f"""mutation Update($input: UpdatePaymentMethodInput!) {{ updatePaymentMethod(input: $input) {{
  paymentMethod {{ id billingDetails {{ name }} }} {_ERRORS} }} }}"""
_SET_DEFAULT = f"""mutation Choose($input: SetDefaultPaymentMethodInput!) {{ setDefaultPaymentMethod(input: $input) {{
  previousDefault {{ id }} customer {{ id defaultPaymentMethod {{ id }} }} {_ERRORS} }} }}"""
_INTENT = "setupIntent { id status clientSecret paymentMethod { id } customer { id } } " + _ERRORS
_CREATE = f"mutation Create($input: CreateSetupIntentInput!) {{ createSetupIntent(input: $input) {{ {_INTENT} }} }}"
_CONFIRM = f"mutation Confirm($input: ConfirmSetupIntentInput!) {{ confirmSetupIntent(input: $input) {{ {_INTENT} }} }}"
_CANCEL = f"mutation Cancel($input: CancelSetupIntentInput!) {{ cancelSetupIntent(input: $input) {{ {_INTENT} }} }}"
_WALLET = """query Wallet($customer: ID!) { customer(id: $customer) { id defaultPaymentMethod { id card { last4 } }
  paymentMethods(first: 20) { nodes { id isDefault } } } }"""

_MOVED = "movedSubscriptions { id paymentMethod { id } }"
_ATTACH_MOVING = _ATTACH.replace("reusedExisting", f"reusedExisting {_MOVED}")
_SET_DEFAULT_MOVING = _SET_DEFAULT.replace("previousDefault { id }", _MOVED)
_COMPLETE = f"""mutation Complete($input: CompleteSetupIntentInput!) {{ completeSetupIntent(input: $input) {{
  setupIntent {{ id status }} paymentMethod {{ id isDefault customer {{ id email }} }} reusedExisting {_MOVED}
  customer {{ id defaultPaymentMethod {{ id }} paymentMethods(first: 20) {{ nodes {{ id }} }} }} {_ERRORS} }} }}"""
_VERIFY = f"""mutation Verify($input: VerifyMicrodepositsInput!) {{
  verifyMicrodeposits(input: $input) {{ {_INTENT} }} }}"""


@dataclass(frozen=True)
class Operation:
    """A document, its input for the ids of the fixtures, and the names of the fixtures.

    `repeatable`: a client can repeat the request without an idempotency key and get the same result.
    """

    query: str
    input: Callable[[Prepared], dict[str, Any]]
    fixtures: tuple[str, ...] = ()
    repeatable: bool = False

    @property
    def writes(self) -> bool:
        """Whether the operation is a mutation."""
        return self.query.startswith("mutation")


def _attach(id: str, **input: Any) -> Callable[[Prepared], dict[str, Any]]:
    return lambda ids: {"paymentMethodId": ids.get(id, id), "customerId": ids["customer"], **input}


def _method(name: str, **input: Any) -> Callable[[Prepared], dict[str, Any]]:
    return lambda ids: {"paymentMethodId": ids[name], **input}


def _owned(**input: Any) -> Callable[[Prepared], dict[str, Any]]:
    return lambda ids: {"customerId": ids["customer"], **{key: ids.get(v, v) for key, v in input.items()}}


def _intent(**input: Any) -> Callable[[Prepared], dict[str, Any]]:
    return lambda ids: {"setupIntentId": ids["intent"], **input}


def _complete(*fixtures: str, intent: str = "saved", then: tuple[str, ...] = (), **input: Any) -> Operation:
    return Operation(_COMPLETE, _intent(**input), (*fixtures, intent, *then), repeatable=True)


_AMEX, _REPLACE, _REUSE, _REJECT = "pm_card_amex", "REPLACE_EXISTING", "REUSE_EXISTING", "REJECT"
OPERATIONS: Mapping[str, Operation] = {
    "attach": Operation(_ATTACH, _attach("loose"), ("loose",)),
    "attach a token": Operation(_ATTACH, _attach("pm_card_visa")),
    "attach a declined card": Operation(_ATTACH, _attach("pm_card_visa_chargeDeclined")),
    "attach as the default": Operation(_ATTACH, _attach("pm_card_visa", setAsDefault=True), ("default",)),
    "attach, replacing": Operation(_ATTACH, _attach(_AMEX, onDuplicate=_REPLACE), ("amex",)),
    "attach, replacing the default": Operation(
        _ATTACH, _attach(_AMEX, onDuplicate=_REPLACE), ("amex", "amex is default")
    ),
    "attach, replacing nothing": Operation(_ATTACH, _attach("loose", onDuplicate=_REPLACE), ("loose",)),
    "attach, reusing": Operation(_ATTACH, _attach(_AMEX, onDuplicate=_REUSE, setAsDefault=True), ("amex",)),
    "attach, rejecting": Operation(_ATTACH, _attach(_AMEX, onDuplicate=_REJECT), ("amex",)),
    "detach": Operation(_DETACH, _method("amex"), ("amex",)),
    "detach the default": Operation(_DETACH, _method("default"), ("default",)),
    "detach unless in use": Operation(_DETACH, _method("amex", unlessInUse=True), ("amex", "default")),
    "detach what is in use": Operation(_DETACH, _method("default", unlessInUse=True), ("default",)),
    "update": Operation(_UPDATE, _method("amex", billingDetails={"name": "Someone Else"}), ("amex",)),
    "set the default": Operation(_SET_DEFAULT, _owned(paymentMethodId="amex"), ("amex", "default")),
    "clear the default": Operation(_SET_DEFAULT, _owned(paymentMethodId=None), ("default",)),
    "create an intent": Operation(_CREATE, _owned()),
    "create and confirm": Operation(_CREATE, _owned(paymentMethodId="pm_card_visa", confirm=True)),
    "confirm": Operation(_CONFIRM, _intent(paymentMethodId=_AMEX), ("intent",)),
    "cancel": Operation(_CANCEL, _intent(), ("intent",)),
    "verify by amounts": Operation(_VERIFY, _intent(amounts=[32, 45]), ("unverified",)),
    "verify by a code": Operation(_VERIFY, _intent(descriptorCode="SM11AA"), ("unverified",)),
    "verify by a wrong code": Operation(_VERIFY, _intent(descriptorCode="SM0000"), ("unverified",)),
    "attach, moving": Operation(
        _ATTACH_MOVING,
        _attach("pm_card_visa", setAsDefault=True, moveSubscriptions="REPLACED"),
        ("default", "default pays"),
    ),
    "attach, replacing and moving": Operation(
        _ATTACH_MOVING,
        _attach(_AMEX, onDuplicate=_REPLACE, moveSubscriptions="REPLACED"),
        ("amex", "amex is default", "amex pays"),
    ),
    "attach, reusing and moving": Operation(
        _ATTACH_MOVING,
        _attach(_AMEX, onDuplicate=_REUSE, moveSubscriptions="ALL"),
        ("amex", "default", "default pays", "inherits"),
    ),
    "set the default, moving": Operation(
        _SET_DEFAULT_MOVING,
        _owned(paymentMethodId="amex", moveSubscriptions="REPLACED"),
        ("amex", "default", "default pays"),
        repeatable=True,
    ),
    "set the default, moving all": Operation(
        _SET_DEFAULT_MOVING,
        _owned(paymentMethodId="amex", moveSubscriptions="ALL"),
        ("amex", "loyal", "loyal pays", "default", "default pays", "inherits"),
        repeatable=True,
    ),
    "complete": _complete(),
    "complete as the default": _complete("default", setAsDefault=True),
    "complete a generated debit": _complete(intent="generated", setAsDefault=True),
    "complete, moving": _complete("default", "default pays", setAsDefault=True, moveSubscriptions="REPLACED"),
    "complete, moving all": _complete("default", "default pays", "inherits", moveSubscriptions="ALL"),
    "complete, replacing nothing": _complete("default", onDuplicate=_REPLACE),
    "complete, replacing": _complete("amex", onDuplicate=_REPLACE),
    "complete, replacing and moving": _complete(
        "amex", "amex is default", "amex pays", onDuplicate=_REPLACE, moveSubscriptions="REPLACED"
    ),
    "complete, reusing": _complete("amex", onDuplicate=_REUSE),
    "complete, reusing and moving": _complete(
        "amex", "default", "default pays", onDuplicate=_REUSE, setAsDefault=True, moveSubscriptions="ALL"
    ),
    "complete, reusing instead of what pays": _complete(
        "amex", then=("saved pays",), onDuplicate=_REUSE, moveSubscriptions="REPLACED"
    ),
    "complete, reusing instead of the default": _complete(
        "amex", then=("saved is default", "saved pays"), onDuplicate=_REUSE, moveSubscriptions="REPLACED"
    ),
    "complete, rejecting": _complete("amex", onDuplicate=_REJECT),
    "read the wallet": Operation(_WALLET, _owned(), ("amex", "default")),
}
