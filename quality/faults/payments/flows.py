"""The ways to pay an order."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from quality.faults.payments.device import authenticate
from quality.faults.payments.shop import TRIES, NoFinalStatus, Shop
from quality.harness import wire

CARD, OTHER, DECLINED = "pm_card_amex", "pm_card_visa", "pm_card_visa_chargeDeclined"
AUTHENTICATED = "pm_card_threeDSecure2Required"
DEBIT = "pm_sepaDebit_success_de"
MANDATE = {"offline": {"acceptedAt": "2026-01-01T00:00:00Z"}}
SAVE = {"setupFutureUsage": "OFF_SESSION"}


@dataclass(frozen=True)
class Flow:
    """A way to pay. `pay` returns one of `final_statuses`.

    `saves`: whether the payment method is saved in the wallet. `card`: a card that is already in the wallet.
    """

    pay: Callable[[Shop], Awaitable[str]]
    final_statuses: tuple[str, ...] = ("SUCCEEDED",)
    saves: bool = True
    card: str | None = None


def in_one_request(method: str, **input: Any) -> Callable[[Shop], Awaitable[str]]:
    """Create and confirm in one request. Each refusal is followed by a new request."""

    async def pay(shop: Shop) -> str:
        for _ in range(TRIES):
            intent = await shop.create(paymentMethodId=method, confirm=True, **input)
            if intent is not None:
                return str(intent["status"])
        raise NoFinalStatus("never paid")

    return pay


def on_the_server(caller: str, method: str = CARD, **input: Any) -> Callable[[Shop], Awaitable[str]]:
    """Create, then confirm with a request to the service."""

    async def pay(shop: Shop) -> str:
        intent = await shop.created(**SAVE)
        return await shop.pay(intent["id"], caller=caller, paymentMethodId=method, **input)

    return pay


async def on_the_device(shop: Shop) -> str:
    """Create, then confirm directly at Stripe."""
    intent = await shop.created(**SAVE)
    return (await shop.pay_on_device(intent, CARD)).upper()


async def on_two_devices(shop: Shop) -> str:
    """Confirm from the customer's phone and computer at the same time, with different cards."""
    intent = await shop.created(**SAVE)
    await shop.run_concurrently(shop.pay_on_device(intent, CARD), shop.pay_on_device(intent, OTHER))
    return await shop.status(intent["id"])


async def on_device_and_server(shop: Shop) -> str:
    """Confirm at Stripe and through the service at the same time."""
    intent = await shop.created(**SAVE)
    paying = shop.pay(intent["id"], caller="customer", paymentMethodId=CARD)
    await shop.run_concurrently(paying, shop.pay_on_device(intent, OTHER))
    return await shop.status(intent["id"])


async def by_two_servers(shop: Shop) -> str:
    """Confirm with two concurrent requests to the service, with different cards."""
    intent = await shop.created(**SAVE)
    await shop.run_concurrently(
        shop.pay(intent["id"], caller="customer", paymentMethodId=CARD),
        shop.pay(intent["id"], paymentMethodId=OTHER),
    )
    return await shop.status(intent["id"])


async def canceled_meanwhile(shop: Shop) -> str:
    """Cancel and confirm at the same time."""
    intent = await shop.created(**SAVE)
    await shop.run_concurrently(shop.pay(intent["id"], paymentMethodId=CARD), shop.cancel(intent["id"]))
    return await shop.status(intent["id"])


async def canceled(shop: Shop) -> str:
    """Cancel an unconfirmed payment."""
    intent = await shop.created(**SAVE)
    for _ in range(TRIES):
        if (found := await shop.cancel(intent["id"])) is not None:
            return str(found["status"])
        if (status := await shop.status(intent["id"])) == "CANCELED":
            return status
    raise NoFinalStatus("never canceled")


async def with_the_saved_method(shop: Shop) -> str:
    """Pay off-session with a saved payment method."""
    return await in_one_request(shop.order.ids["saved"], offSession=True)(shop)


async def declined_first(shop: Shop) -> str:
    """A declined card, then another one, for the same PaymentIntent."""
    intent = await shop.created(**SAVE)
    await shop.confirm(intent["id"], paymentMethodId=DECLINED)
    return await shop.pay(intent["id"], paymentMethodId=CARD)


async def declined_in_one_request(shop: Shop) -> str:
    """A declined card, then another one, each with its own PaymentIntent."""
    await shop.create(paymentMethodId=DECLINED, confirm=True, **SAVE)
    return await in_one_request(CARD, **SAVE)(shop)


async def authenticated(shop: Shop) -> str:
    """A card that requires 3-D Secure, confirmed by the service; then the bank's page."""
    intent = await shop.created(**SAVE)
    await shop.pay(intent["id"], paymentMethodId=AUTHENTICATED)
    found = await wire.call(shop.cluster.sandbox.port, "GET", f"/v1/payment_intents/{intent['id']}")
    await authenticate(shop.cluster.sandbox.port, found["next_action"]["redirect_to_url"]["url"])
    return "SUCCEEDED"


async def completed(shop: Shop) -> str:
    """Pay with a card that the wallet has already, then remove the duplicate."""
    intent = await shop.created(**SAVE)
    status = await shop.pay_on_device(intent, CARD)
    policy = shop.order.rng.choice(("REPLACE_EXISTING", "REUSE_EXISTING"))
    await shop.complete(intent["id"], onDuplicate=policy, setAsDefault=True)
    return status.upper()


FLOWS: Mapping[str, Flow] = {
    "in one request": Flow(in_one_request(CARD, **SAVE)),
    "in one request, without saving": Flow(in_one_request(CARD), saves=False),
    "in one request, after a declined card": Flow(declined_in_one_request),
    "confirmed by the service": Flow(on_the_server("service")),
    "confirmed by the customer": Flow(on_the_server("customer")),
    "confirmed on the device": Flow(on_the_device),
    "on two devices": Flow(on_two_devices),
    "on a device and the server": Flow(on_device_and_server),
    "by two requests": Flow(by_two_servers),
    "canceled meanwhile": Flow(canceled_meanwhile, ("SUCCEEDED", "CANCELED")),
    "canceled": Flow(canceled, ("CANCELED",)),
    "with the saved method": Flow(with_the_saved_method, card=CARD),
    "declined, then another card": Flow(declined_first),
    "authenticated": Flow(authenticated),
    "completed": Flow(completed, card=CARD),
    "by a debit": Flow(on_the_server("service", DEBIT, mandate=MANDATE), ("PROCESSING",)),
}
