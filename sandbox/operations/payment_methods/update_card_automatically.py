"""The card updater: the card network replaces the number or the expiry date of a saved card, without a request."""

from collections.abc import Mapping
from typing import Any

from sandbox.cards.test_card_lookup import fingerprint
from sandbox.errors import StripeError
from sandbox.http.api_request import ApiRequest
from sandbox.json_object import Json
from sandbox.objects.payment_methods.payment_method import PaymentMethod
from sandbox.state.ids import random_letters
from sandbox.state.store import Store

# The network makes the change, so the event names no request.
_NO_REQUEST = ApiRequest("/_sandbox/card_updates")


def update_card(store: Store, method: PaymentMethod, changes: Mapping[str, Any]) -> Json:
    """Returns the payment method with `exp_month`, `exp_year` or `last4` of its card changed.

    Other last digits are those of a new number, so the fingerprint changes too. Raises StripeError if the payment
    method is not a card, or is unattached.
    """
    if method.type != "card" or method.customer is None:
        raise StripeError("The card updater changes cards that are attached to a customer.", param="payment_method")
    before, card = method.body, {**method.body["card"], **changes}
    if card["last4"] != before["card"]["last4"]:
        card["fingerprint"] = fingerprint(random_letters(16))
    if card != before["card"]:
        method.body = {**before, "card": card}
        store.record_event(_NO_REQUEST, "payment_method.automatically_updated", method, method.customer, before=before)
    return method.body
