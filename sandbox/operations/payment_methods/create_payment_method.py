"""Creates a payment method from a test card, a card token, or the parameters of its type."""

from collections.abc import Mapping
from typing import Any

from sandbox.cards.test_card_lookup import TestCard, card_of_token, fingerprint
from sandbox.errors import MissingParameter, MissingResource, ParameterError, StripeError
from sandbox.fixtures import load
from sandbox.http.api_request import ApiRequest
from sandbox.json_object import Json
from sandbox.objects.billing_details import blank_billing_details, merged_billing_details
from sandbox.objects.payment_methods.payment_method import PaymentMethod, new_body, with_preferred_network
from sandbox.objects.writable_members import merged_metadata
from sandbox.parameters.payment_methods.payment_method_types import TYPES
from sandbox.state.ids import new_id
from sandbox.state.store import Store

TEST_BANK_ACCOUNTS: Mapping[str, Json] = {row["token"]: row for row in load("test_bank_accounts")}


def from_test_card(store: Store, card: TestCard) -> PaymentMethod:
    """Returns a new payment method, not yet in the store."""
    body = new_body(new_id("pm"), "card", card.card_details(store.now()), store.now())
    return PaymentMethod(body, test_card=card)


def from_test_bank_account(store: Store, token: str) -> PaymentMethod:
    """Returns a new payment method of a token such as `pm_usBankAccount_success`, not yet in the store."""
    account = TEST_BANK_ACCOUNTS[token]
    details = TYPES[account["type"]].details(account["params"])
    body = new_body(new_id("pm"), account["type"], details, store.now())
    return PaymentMethod(body, verified=account["verified"])


def from_params(store: Store, params: Mapping[str, Any]) -> PaymentMethod:
    """Returns a new payment method, not yet in the store, with the details that the parameters give."""
    if "type" not in params:
        raise MissingParameter("type")
    method = _from_card_token(store, params) if params["type"] == "card" else _from_type(store, params)
    method.body |= {
        "allow_redisplay": params.get("allow_redisplay", "unspecified"),
        "billing_details": merged_billing_details(blank_billing_details(), params.get("billing_details", {})),
        "metadata": merged_metadata({}, params.get("metadata")),
    }
    return method


def add_if_new(store: Store, request: ApiRequest, method: PaymentMethod) -> None:
    """Adds a payment method that is not in the store yet. In each account, a number has a fingerprint of its own."""
    if store.payment_methods.get(method.id) is None:
        details = method.body[method.type]
        if store.account and details.get("fingerprint"):
            own = fingerprint(f"{store.account} {details['fingerprint']}")
            method.body[method.type] = {**details, "fingerprint": own}
        store.payment_methods.add(method)
        store.record_change(request, "payment_method.created", method)


def _from_card_token(store: Store, params: Mapping[str, Any]) -> PaymentMethod:
    card = params.get("card")
    if not card:
        raise MissingParameter("card")
    if "token" not in card:
        # Stripe refuses card numbers from ordinary accounts.
        raise StripeError(
            "Sending credit card numbers directly to the Stripe API is generally unsafe."
            " Use a test token such as tok_visa or pm_card_visa instead.",
            status=402,
        )
    method = from_test_card(store, _test_card(card["token"]))
    preferred = card.get("networks", {}).get("preferred")
    if preferred:
        method.body["card"] = with_preferred_network(method.body["card"], preferred)
    return method


def _test_card(token: str) -> TestCard:
    if token.startswith("pm_"):
        raise ParameterError(f"Invalid token id: {token}", param="token")
    card = card_of_token(token)
    if card is None:
        raise MissingResource("token", token, "card[token]")
    return card


def _from_type(store: Store, params: Mapping[str, Any]) -> PaymentMethod:
    name = params["type"]
    if TYPES[name].required and name not in params:
        raise MissingParameter(name)
    details = TYPES[name].details(params.get(name, {}))
    if name == "link":
        details = {**details, "email": params.get("billing_details", {}).get("email")}
    return PaymentMethod(new_body(new_id("pm"), name, details, store.now()))
