"""Reads the JSON bodies of the control routes. An unknown member or a wrong value is a 400."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields, replace
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request

from sandbox.control import fault_kinds
from sandbox.control.fault_kinds import Fault
from sandbox.events import delivery_faults
from sandbox.events.delivery_faults import DeliveryFault
from sandbox.http.request import MAX_BODY_BYTES, read_body
from sandbox.json_object import Json
from sandbox.objects.payment_methods.mandate import STATUSES
from sandbox.objects.webhooks.signing_secrets import MAX_OVERLAP_SECONDS
from sandbox.state.fault_queue import one_of
from sandbox.state.settings import AccountSettings

MAX_ADVANCE = 10 * 366 * 24 * 60 * 60


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


B = TypeVar("B", bound=_Body)


async def read(model: type[B], request: Request) -> B:
    """Returns the body as an object of the model. Raises ValueError if it is invalid."""
    return model(**await _json_object(request))


class _Reset(_Body):
    seed: bool = True


class _Customer(_Body):
    customer: str


class _SettingsChange(_Body):
    refuse_failed_checks: bool = False
    events_for_cleared_defaults: bool = False
    retry_pauses: Annotated[
        list[Annotated[float, Field(ge=0, le=3600, allow_inf_nan=False)]], Field(max_length=20)
    ] = []


async def seed(request: Request) -> bool:
    """Returns the member `seed`, true by default."""
    return _Reset(**await _members(request, _Reset.model_fields)).seed


async def changed_settings(request: Request, settings: AccountSettings) -> AccountSettings:
    """Returns the settings with the changes that the body describes. Raises ValueError if one is invalid."""
    changes = _SettingsChange(**await _members(request, _SettingsChange.model_fields)).model_dump(exclude_unset=True)
    if "retry_pauses" in changes:
        changes["retry_pauses"] = tuple(changes["retry_pauses"])
    return replace(settings, **changes)


async def fault(request: Request) -> Fault:
    """Returns the fault that the body describes. Raises ValueError if it is invalid."""
    body = await _fault_members(request, Fault, fault_kinds.KINDS)
    described = Fault(**body)
    fault_kinds.check_members(described, body)
    return described


async def delivery_fault(request: Request) -> DeliveryFault:
    """Returns the fault of deliveries that the body describes. Raises ValueError if it is invalid."""
    body = await _fault_members(request, DeliveryFault, delivery_faults.KINDS)
    described = DeliveryFault(**body)
    delivery_faults.check_members(described, body)
    return described


async def _fault_members(request: Request, described: type[Fault | DeliveryFault], kinds: Iterable[str]) -> Json:
    body = await _members(request, {field.name for field in fields(described)} - {"id"})
    if "kind" not in body:
        raise HTTPException(400, f"kind is required. It must be one of {', '.join(kinds)}.")
    return body


class _InAccount(_Body):
    """Concerns an object of the platform, or of a connected account that `account` names."""

    account: str | None = None


class CardUpdate(_InAccount):
    """A change of a saved card by the card network. At least one member of the card changes."""

    payment_method: str
    exp_month: Annotated[int, Field(ge=1, le=12)] | None = None
    exp_year: Annotated[int, Field(ge=1970, le=2200)] | None = None
    last4: Annotated[str, Field(pattern=r"^[0-9]{4}$")] | None = None

    def changes(self) -> Mapping[str, Any]:
        """Returns the new values by the name of the card's member."""
        return self.model_dump(exclude={"account", "payment_method"}, exclude_none=True)


async def card_update(request: Request) -> CardUpdate:
    """Returns the card update that the body describes. Raises ValueError if it is invalid."""
    update = await read(CardUpdate, request)
    if not update.changes():
        raise HTTPException(400, "Give at least one of exp_month, exp_year and last4.")
    return update


async def customer(request: Request) -> str:
    """Returns the member `customer`, an id. Raises ValueError if it is invalid."""
    return _Customer(**await _members(request, _Customer.model_fields)).customer


class CustomerAccount(_InAccount):
    """The customer that gets an Account."""

    customer: str


class MandateChange(_InAccount):
    """A change of a mandate by the payer's bank or the network."""

    mandate: str
    status: Annotated[str, one_of(*STATUSES)]


class PaymentOutcome(_InAccount):
    """The end of a debit that is processing. Without `outcome`, the test bank account decides."""

    payment_intent: str
    outcome: Annotated[str, one_of("failed", "succeeded")] | None = None


class ConnectedAccount(_Body):
    """A connected account. With `seed`, a new one gets copies of the platform's objects, with the same ids."""

    account: Annotated[str, Field(pattern=r"^acct_[A-Za-z0-9]{1,50}$")]
    seed: bool = False


class SecretRoll(_InAccount):
    """A new signing secret for a webhook endpoint. The old one stays valid for `expires_in` seconds."""

    webhook_endpoint: str
    expires_in: Annotated[float, Field(ge=0, le=MAX_OVERLAP_SECONDS, allow_inf_nan=False)] = MAX_OVERLAP_SECONDS


async def seconds(request: Request) -> float:
    """Returns the member `seconds`."""
    value = (await _members(request, ("seconds",))).get("seconds")
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MAX_ADVANCE:
        raise HTTPException(400, f"seconds must be a number from 0 to {MAX_ADVANCE}.")
    return float(value)


async def _members(request: Request, known: Collection[str]) -> Json:
    body = await _json_object(request)
    unknown = sorted(set(body) - set(known))
    if unknown:
        raise HTTPException(400, f"Unknown members: {', '.join(unknown)}. Known are: {', '.join(sorted(known))}.")
    return body


async def _json_object(request: Request) -> Json:
    text = await read_body(request)
    if text is None:
        raise HTTPException(413, f"The body is too large: at most {MAX_BODY_BYTES} bytes are accepted.")
    try:
        body = json.loads(text or b"{}")
    except (ValueError, RecursionError):
        raise HTTPException(400, "The body is not JSON.") from None
    if not isinstance(body, dict):
        raise HTTPException(400, "The body is not a JSON object.")
    return body
