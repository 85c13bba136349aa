"""The part of Stripe's error messages that may be logged: the shape of a known message, without the values in it.

A message may repeat input, for example a name, an email address or a card number. So a message is logged only if its
shape is in this table. All variable parts are masked.
"""

from __future__ import annotations

import re

MASK = "…"
_LONGEST = 10_000

_SHAPES = (
    "No such customer: {}",
    "No such PaymentMethod: {}",
    "No such setupintent: {}",
    "No such {}: {}",
    "Received unknown parameter: {}",
    "Received unknown parameters: {}",
    "Missing required param: {}.",
    "Must provide customer or customer_account.",
    "You may only specify one of these parameters: {}",
    "You passed an empty string for {}",
    "Invalid {}: must be one of {}",
    "Invalid array",
    "Invalid boolean: {}",
    "Invalid email address: {}",
    "Invalid integer: {}",
    "Invalid object",
    "Invalid string: {}; must be at most {} characters",
    "Invalid currency: {}. Stripe currently supports these currencies: {}",
    "The amount must be greater than or equal to the minimum charge amount allowed for your account and the currency"
    " set{}",
    "Amount must be at least {}",
    "Amount must convert to at least {}. {} converts to approximately {}",
    "Amount must be no more than {}",
    "Not a valid URL",
    "Country {} is unknown. Try using a 2-character alphanumeric country code instead{}",
    "Metadata keys can have up to {} characters, but you passed in a key that is {} characters. Invalid key: {}",
    "Metadata values can have up to {} characters, but you passed in a value that is {} characters. Invalid value: {}",
    "Metadata can have up to {} keys{}",
    "The payment method you provided has already been attached to a customer.",
    "The payment method you provided is not attached to a customer so detachment is impossible.",
    "This PaymentMethod was previously used without being attached to a Customer or was detached from a Customer,"
    " and may not be used again.",
    "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment{}",
    "You must save this PaymentMethod to a customer before you can update it.",
    "The customer does not have a payment method with the ID {}. The payment method must be attached to the customer.",
    "The PaymentMethod {} does not belong to the Customer {}",
    "The payment method supplied {} belongs to the Customer {}. Please include the Customer in the `customer` parameter"
    " on the SetupIntent.",
    "The `payment_method` parameter supplied {} belongs to the Customer {}. Please include the Customer in the"
    " `customer` parameter on the PaymentIntent.",
    "PaymentMethods of type {} cannot be saved to customers.",
    "The PaymentMethod provided {} is not allowed for this SetupIntent. {}",
    "The PaymentMethod provided {} is not allowed for this PaymentIntent. {}",
    "This PaymentIntent is configured to accept payment methods enabled in your Dashboard.{}",
    "This PaymentIntent requires a mandate{}",
    "This SetupIntent is configured to accept payment methods enabled in your Dashboard.{}",
    "You must provide a `return_url` when confirming a SetupIntent with the payment method type {}.",
    "You must provide a `return_url` when confirming a PaymentIntent with the payment method type {}.",
    "When confirming a PaymentIntent with a {} PaymentMethod{}`mandate_data` is required.",
    "When confirming a SetupIntent with a {} PaymentMethod, `mandate_data` is required.",
    "You cannot confirm this PaymentIntent because {}",
    "You cannot cancel this PaymentIntent because {}",
    "You cannot confirm this SetupIntent because {}",
    "You cannot cancel this SetupIntent because {}",
    "You cannot update this SetupIntent because {}",
    "This SetupIntent cannot be actioned on because it has a status of {}",
    "Keys for idempotent requests can only be used with the same parameters they were first used with.{}",
    "This property cannot be expanded {}",
    "Invalid Stripe API version: {}",
)


def _pattern(shape: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, shape.split("{}"))), re.DOTALL)


_KNOWN = tuple((_pattern(shape), shape.replace("{}", MASK)) for shape in _SHAPES)
_PARAMETER = re.compile(r"[a-z0-9_]{1,40}(\[[a-z0-9_]{1,40}\]){0,4}")


def masked_message(message: str) -> str | None:
    """The shape of a known message, with a mask for each value. None for any other message."""
    if len(message) > _LONGEST:
        return None
    return next((shown for pattern, shown in _KNOWN if pattern.fullmatch(message)), None)


def masked_parameter(param: str | None) -> str | None:
    """The name of a parameter. Invalid names are masked, and so are keys of metadata, because they may be personal."""
    if param is None or (_PARAMETER.fullmatch(param) and not param.startswith("metadata[")):
        return param
    return f"metadata[{MASK}]" if param.startswith("metadata[") else MASK
