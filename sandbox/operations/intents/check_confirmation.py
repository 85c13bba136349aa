"""The checks that precede a confirmation, in Stripe's order. A SetupIntent and a PaymentIntent share them."""

from sandbox.errors import MissingParameter, StripeError
from sandbox.http.api_request import ApiRequest
from sandbox.json_object import Json
from sandbox.objects.intents.intent import Intent
from sandbox.objects.intents.setup_intent import SetupIntent
from sandbox.objects.payment_methods.payment_method import PaymentMethod

_RETURN_URL_REQUIRED = (
    "This {noun} is configured to accept payment methods enabled in your Dashboard. Because some of these payment"
    " methods might redirect your customer off of your page, you must provide a `return_url`. If you don't want to"
    " accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true` and"
    " `automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and Payment Intents."
)


def visible_body(request: ApiRequest, intent: Intent) -> Json:
    """Returns the part of the intent that the request's API key may see."""
    return intent.public_body() if request.publishable else intent.body


def unexpected_state(request: ApiRequest, intent: Intent, message: str, *, param: str | None = None) -> StripeError:
    """Returns the error of an intent whose status does not allow the request."""
    code = f"{intent.name}_unexpected_state"
    return StripeError(message, code=code, param=param).with_objects(**{intent.name: visible_body(request, intent)})


def check_return_url(request: ApiRequest, intent: Intent) -> None:
    """Raises if a server confirms without `return_url` and the intent may redirect the payer."""
    if intent.may_redirect and not request.publishable and not request.params.get("return_url"):
        raise StripeError(_RETURN_URL_REQUIRED.format(noun=intent.noun))


def check_usable(intent: Intent, method: PaymentMethod) -> None:
    """Raises if the payment method is used up, somebody else's, or of a type that the intent does not allow."""
    if method.unusable:
        raise StripeError(
            "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared"
            " with a connected account without Customer attachment, or was detached from a Customer. It may not be"
            " used again."
        )
    _check_owner(intent, method)
    _check_type(intent, method.type)


def check_return_url_of_type(request: ApiRequest, intent: Intent, type: str) -> None:
    """Raises if a payment method of that type redirects the payer, and the request has no `return_url`."""
    if not request.params.get("return_url"):
        raise StripeError(
            f"You must provide a `return_url` when confirming a {intent.noun} with the payment method type {type}."
        )


def check_acceptance(request: ApiRequest, required: str) -> None:
    """Raises if the request does not tell how the customer agreed to a mandate. `required` is the message then."""
    mandate_data = request.params.get("mandate_data")
    if request.publishable:
        _check_acceptance_on_device(mandate_data)
        return
    if not mandate_data:
        raise StripeError(required)
    acceptance = mandate_data["customer_acceptance"]
    if acceptance["type"] == "online":
        for name in ("ip_address", "user_agent"):
            if name not in (acceptance.get("online") or {}):
                raise MissingParameter(f"mandate_data[customer_acceptance][online][{name}]")


def _check_owner(intent: Intent, method: PaymentMethod) -> None:
    if method.customer and intent.customer is None:
        raise _customer_required(intent, method)
    if method.customer not in (None, intent.customer):
        message = (
            f"The PaymentMethod {method.id} does not belong to the Customer you supplied {intent.customer}."
            " Please use this PaymentMethod with the Customer that it belongs to instead."
        )
        raise StripeError(message, param="payment_method")


def _customer_required(intent: Intent, method: PaymentMethod) -> StripeError:
    hint = f"Please include the Customer in the `customer` parameter on the {intent.noun}."
    if isinstance(intent, SetupIntent):
        message = f"The payment method supplied ({method.id}) belongs to the Customer {method.customer}. {hint}"
        return StripeError(message, param="payment_method")
    message = f"The `payment_method` parameter supplied {method.id} belongs to the Customer {method.customer}. {hint}"
    return StripeError(message, code="parameter_missing", param="source")


def _check_type(intent: Intent, type: str) -> None:
    allowed = intent.body["payment_method_types"]
    if type not in allowed:
        message = (
            f"The PaymentMethod provided ({type}) is not allowed for this {intent.noun}. Please attach a PaymentMethod"
            f" of one of the following types: {', '.join(allowed)}. Alternatively, update the allowed"
            f' payment_method_types for this {intent.noun} to include "{type}"'
        )
        raise StripeError(message, param="payment_method")


def _check_acceptance_on_device(mandate_data: Json | None) -> None:
    if mandate_data and mandate_data["customer_acceptance"]["type"] != "online":
        message = "With a publishable key, the customer accepts a mandate online."
        raise StripeError(message, param="mandate_data[customer_acceptance][type]")
