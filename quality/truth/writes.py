"""The changes of a history: through the service, directly at Stripe, and by the card updater."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

TOKENS = ("pm_card_visa", "pm_card_mastercard", "pm_card_amex", "pm_card_jcb")
REDISPLAY = ("always", "limited", "unspecified")


@dataclass(frozen=True)
class Mutation:
    """A GraphQL mutation."""

    query: str
    input: Mapping[str, Any]


@dataclass(frozen=True)
class RestCall:
    """A call to the sandbox. `form` is for Stripe's endpoints, `json` for the control routes."""

    method: str
    path: str
    form: Mapping[str, str] | None = None
    json: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Wallet:
    """The current wallet, whose payment methods a change may name."""

    customer: str
    attached: Sequence[str]
    largest: int = 6
    """With this many payment methods, the next change is a detach."""


def draw_mutation(rng: random.Random, wallet: Wallet, *, is_service: bool) -> Mutation:
    """Draw a mutation that is possible for the wallet."""
    kind = rng.choice([*_CHANGES_OF_METHODS, _attach] if wallet.attached else [_attach])
    if len(wallet.attached) >= wallet.largest:
        kind = _detach
    return kind(rng, wallet, {"customerId": wallet.customer} if is_service else {})


def draw_rest_call(rng: random.Random, wallet: Wallet) -> RestCall:
    """Draw a change directly at Stripe that is possible for the wallet."""
    if not wallet.attached:
        return rng.choice([_attach_at_stripe, _rename_at_stripe])(rng, wallet)
    if len(wallet.attached) >= wallet.largest:
        return _detach_at_stripe(rng, wallet)
    return rng.choice(_CHANGES_AT_STRIPE)(rng, wallet)


def delete_customer(wallet: Wallet) -> RestCall:
    """The call that deletes the customer, as the last change of a wallet."""
    return RestCall("DELETE", f"/v1/customers/{wallet.customer}")


# --- Through the service ---------------------------------------------------------------------------------------------

_Draw = Callable[[random.Random, Wallet, Mapping[str, Any]], Mutation]


def _mutation(field: str, input: Mapping[str, Any]) -> Mutation:
    type = field[0].upper() + field[1:] + "Input"
    return Mutation(f"mutation($input: {type}!) {{ {field}(input: $input) {{ errors {{ code message }} }} }}", input)


def _attach(rng: random.Random, wallet: Wallet, owner: Mapping[str, Any]) -> Mutation:
    is_default = rng.random() < 0.3
    input = {**owner, "paymentMethodId": rng.choice(TOKENS), "setAsDefault": is_default}
    return _mutation("attachPaymentMethod", input)


def _detach(rng: random.Random, wallet: Wallet, owner: Mapping[str, Any]) -> Mutation:
    return _mutation("detachPaymentMethod", {"paymentMethodId": rng.choice(wallet.attached)})


def _update(rng: random.Random, wallet: Wallet, owner: Mapping[str, Any]) -> Mutation:
    changes: dict[str, Any] = rng.choice(
        [
            {"card": {"expYear": rng.randint(2030, 2060), "expMonth": rng.randint(1, 12)}},
            {"billingDetails": {"name": f"{wallet.customer} {rng.randint(1, 10**6)}"}},
            {"allowRedisplay": rng.choice(REDISPLAY).upper()},
        ]
    )
    return _mutation("updatePaymentMethod", {"paymentMethodId": rng.choice(wallet.attached), **changes})


def _set_default(rng: random.Random, wallet: Wallet, owner: Mapping[str, Any]) -> Mutation:
    chosen = rng.choice([*wallet.attached, None])
    return _mutation("setDefaultPaymentMethod", {**owner, "paymentMethodId": chosen})


_CHANGES_OF_METHODS: Sequence[_Draw] = (_detach, _update, _update, _set_default)

# --- At Stripe -------------------------------------------------------------------------------------------------------


def _attach_at_stripe(rng: random.Random, wallet: Wallet) -> RestCall:
    path = f"/v1/payment_methods/{rng.choice(TOKENS)}/attach"
    return RestCall("POST", path, {"customer": wallet.customer})


def _detach_at_stripe(rng: random.Random, wallet: Wallet) -> RestCall:
    return RestCall("POST", f"/v1/payment_methods/{rng.choice(wallet.attached)}/detach")


def _update_at_stripe(rng: random.Random, wallet: Wallet) -> RestCall:
    changes = rng.choice(
        [
            {"card[exp_year]": str(rng.randint(2030, 2060))},
            {"billing_details[name]": f"{wallet.customer} {rng.randint(1, 10**6)}"},
            {"allow_redisplay": rng.choice(REDISPLAY)},
        ]
    )
    return RestCall("POST", f"/v1/payment_methods/{rng.choice(wallet.attached)}", changes)


def _set_default_at_stripe(rng: random.Random, wallet: Wallet) -> RestCall:
    chosen = rng.choice([*wallet.attached, ""])
    form = {"invoice_settings[default_payment_method]": chosen}
    return RestCall("POST", f"/v1/customers/{wallet.customer}", form)


def _rename_at_stripe(rng: random.Random, wallet: Wallet) -> RestCall:
    email = f"{wallet.customer}-{rng.randint(1, 10**6)}@example.com"
    return RestCall("POST", f"/v1/customers/{wallet.customer}", {"email": email})


def _replace_card(rng: random.Random, wallet: Wallet) -> RestCall:
    """Simulates a new card number from the card network."""
    update = {"payment_method": rng.choice(wallet.attached), "last4": f"{rng.randint(0, 9999):04}"}
    return RestCall("POST", "/_sandbox/card_updates", json=update)


_CHANGES_AT_STRIPE: Sequence[Callable[[random.Random, Wallet], RestCall]] = (
    _attach_at_stripe,
    _detach_at_stripe,
    _detach_at_stripe,
    _update_at_stripe,
    _set_default_at_stripe,
    _set_default_at_stripe,
    _rename_at_stripe,
    _replace_card,
)
