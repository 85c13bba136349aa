"""Creating, confirming and canceling a PaymentIntent, against a Stripe that answers what a test wants."""

import httpx
import pytest

from quality.harness.clients import Api
from quality.harness.tokens import bearer
from serving.settings.settings import Settings
from tests.resolvers.mutations.payment_stripe import PaymentStripe, payment_intent

PAYLOAD = """paymentIntent { id status clientSecret }
  errors { __typename code path message ... on CardDeclinedError { declineCode adviceCode }
    ... on DeclinedError { declineCode } }"""
CREATE_CALL = "POST /v1/payment_intents"
READ_CALL = "GET /v1/payment_intents/:pi"
CONFIRM_CALL = "POST /v1/payment_intents/:pi/confirm"
CANCEL_CALL = "POST /v1/payment_intents/:pi/cancel"
RETURN_URL = "https://shop.example/paid"
ALWAYS = {"enabled": True, "allow_redirects": "always"}
ONLINE = {"online": {"ipAddress": "203.0.113.7", "userAgent": "Firefox"}}
PAY = {"paymentMethodId": "pm_1", "confirm": True, "idempotencyKey": "order 1"}


class Shop:
    """The service, asked by a service or by the customer cus_1."""

    def __init__(self, upstream: PaymentStripe, settings: Settings) -> None:
        self.upstream = upstream
        self.api = Api(settings, upstream.recorder)
        self.headers = bearer(settings, service=True)

    def become_customer(self, id: str = "cus_1") -> None:
        self.headers = bearer(self.api.service.settings, customer=id)

    async def answer(self, mutation, input, payload=PAYLOAD):
        type = f"{mutation[0].upper()}{mutation[1:]}Input!"
        document = f"mutation($input: {type}) {{ {mutation}(input: $input) {{ {payload} }} }}"
        body = {"query": document, "variables": {"input": input}}
        return (await self.api.http.post("/graphql", json=body, headers=self.headers)).json()

    async def ask(self, mutation, input, payload=PAYLOAD):
        answer = await self.answer(mutation, input, payload)
        assert "errors" not in answer, answer
        return answer["data"][mutation]

    async def create(self, **input):
        return await self.ask("createPaymentIntent", {"amount": 1099, "currency": "usd", **input})

    async def confirm(self, **input):
        return await self.ask("confirmPaymentIntent", {"paymentIntentId": "pi_1", **input})

    async def cancel(self, **input):
        return await self.ask("cancelPaymentIntent", {"paymentIntentId": "pi_1", **input})

    @property
    def calls(self):
        return self.upstream.recorder.calls


@pytest.fixture
def upstream():
    return PaymentStripe()


@pytest.fixture
async def shop(upstream):
    shop = Shop(upstream, Settings(customer_mandates=True))
    async with shop.api:
        yield shop


class TestCreate:
    async def test_it_waits_for_the_customer_s_device(self, shop):
        payload = await shop.create(customerId="cus_1", setupFutureUsage="OFF_SESSION")
        assert payload == {
            "paymentIntent": {"id": "pi_1", "status": "SUCCEEDED", "clientSecret": "pi_1_secret_2"},
            "errors": [],
        }
        assert shop.calls == [CREATE_CALL]
        assert shop.upstream.sent == {
            "amount": "1099",
            "currency": "usd",
            "customer": "cus_1",
            "setup_future_usage": "off_session",
            "automatic_payment_methods[enabled]": "true",
        }

    async def test_it_may_pay_at_once(self, shop):
        input = {"customerAccountId": "acct_1", "offSession": True, "description": "An order", "metadata": {"id": "7"}}
        await shop.create(**PAY, **input)
        sent = shop.upstream.sent
        assert {name: value for name, value in sent.items() if not name.startswith("expand")} == {
            "amount": "1099",
            "currency": "usd",
            "customer_account": "acct_1",
            "payment_method": "pm_1",
            "confirm": "true",
            "off_session": "true",
            "description": "An order",
            "metadata[id]": "7",
            "automatic_payment_methods[enabled]": "true",
            "automatic_payment_methods[allow_redirects]": "never",
        }
        assert shop.calls == [CREATE_CALL]

    @pytest.mark.parametrize("name", ["returnUrl", "confirmationTokenId"])
    async def test_with_a_url_redirects_are_accepted(self, shop, name):
        """A ConfirmationToken may contain one."""
        input = {"returnUrl": RETURN_URL} if name == "returnUrl" else {"paymentMethodId": None, name: "ctoken_1"}
        await shop.create(**{**PAY, **input})
        assert "automatic_payment_methods[allow_redirects]" not in shop.upstream.sent
        assert shop.upstream.sent.get("return_url") == (RETURN_URL if name == "returnUrl" else None)

    async def test_a_mandate(self, shop):
        await shop.create(**PAY, mandate=ONLINE)
        assert shop.upstream.sent["mandate_data[customer_acceptance][online][ip_address]"] == "203.0.113.7"

    async def test_a_customer_may_not(self, shop):
        shop.become_customer()
        for more in ({}, PAY, {"customerId": "cus_1"}):
            answer = await shop.answer("createPaymentIntent", {"amount": 1, "currency": "usd", **more})
            (error,) = answer["errors"]
            assert error["extensions"]["code"] == "FORBIDDEN"
            assert "the shop's server creates it" in error["message"]
        assert shop.calls == []

    async def test_an_anonymous_caller_of_the_sandbox_may(self, shop):
        shop.headers = {}
        assert (await shop.create())["errors"] == []

    @pytest.mark.parametrize(
        ("input", "path"),
        [
            ({"returnUrl": RETURN_URL}, "returnUrl"),
            ({"offSession": True}, "offSession"),
            ({"mandate": ONLINE}, "mandate"),
            ({"confirmationTokenId": "ctoken_1"}, "confirmationTokenId"),
            ({"paymentMethodId": "pm_1", "confirmationTokenId": "ctoken_1", "confirm": True}, "confirmationTokenId"),
            ({"confirm": True, "idempotencyKey": "k"}, "paymentMethodId"),
            ({"customerId": "cus_1", "customerAccountId": "acct_1"}, "customerAccountId"),
            ({"setupFutureUsage": "UNKNOWN"}, "setupFutureUsage"),
            ({"metadata": {"a": 1}}, "metadata"),
        ],
    )
    async def test_what_has_no_meaning_is_refused_without_a_call(self, shop, input, path):
        (error,) = (await shop.create(**input))["errors"]
        assert (error["__typename"], error["path"]) == ("InvalidInputError", ["input", path])
        assert shop.calls == []

    async def test_with_a_customer_its_default_may_pay(self, shop):
        payload = await shop.create(customerId="cus_1", confirm=True, idempotencyKey="k")
        assert payload["errors"] == []
        assert "payment_method" not in shop.upstream.sent

    async def test_a_payment_needs_a_key(self, shop):
        (error,) = (await shop.create(**{**PAY, "idempotencyKey": None}))["errors"]
        assert (error["__typename"], error["path"]) == ("InvalidInputError", ["input", "idempotencyKey"])
        assert "pay again" in error["message"]
        assert shop.calls == []


class TestAmount:
    @pytest.mark.parametrize(
        ("amount", "currency"),
        [(50, "usd"), (1, "jpy"), (100_000_000, "JPY"), (1000, "KWD"), (2**31 - 1, "idr"), (120, "Bhd")],
    )
    async def test_it_is_sent_in_the_smallest_unit(self, shop, amount, currency):
        assert (await shop.create(amount=amount, currency=currency))["errors"] == []
        assert (shop.upstream.sent["amount"], shop.upstream.sent["currency"]) == (str(amount), currency.lower())

    @pytest.mark.parametrize(
        ("amount", "currency", "advice"),
        [
            (0, "usd", "createSetupIntent"),
            (-1, "usd", "positive"),
            (-(2**31), "jpy", "positive"),
            (5, "kwd", "last digit must be 0"),
            (1001, "BHD", "last digit must be 0"),
            (1001, "jod", "last digit must be 0"),
            (1001, "omr", "last digit must be 0"),
            (1001, "tnd", "last digit must be 0"),
        ],
    )
    async def test_what_no_payment_can_have_is_refused_without_a_call(self, shop, amount, currency, advice):
        (error,) = (await shop.create(amount=amount, currency=currency))["errors"]
        assert (error["__typename"], error["path"]) == ("InvalidInputError", ["input", "amount"])
        assert advice in error["message"]
        assert shop.calls == []

    @pytest.mark.parametrize("currency", ["", "us", "euro", "u$d", "usd ", "ééé", "12 "])
    async def test_a_currency_has_three_letters(self, shop, currency):
        (error,) = (await shop.create(currency=currency))["errors"]
        assert (error["__typename"], error["path"]) == ("InvalidInputError", ["input", "currency"])
        assert shop.calls == []

    @pytest.mark.parametrize("amount", [2**31, -(2**31) - 1, 10**30])
    @pytest.mark.parametrize("how", ["literal", "variable"])
    async def test_beyond_32_bits_graphql_refuses_it_and_names_the_field(self, shop, amount, how):
        if how == "variable":
            answer = await shop.answer("createPaymentIntent", {"amount": amount, "currency": "usd"})
        else:
            document = (
                f'mutation {{ createPaymentIntent(input: {{amount: {amount}, currency: "usd"}}) {{ {PAYLOAD} }} }}'
            )
            answer = (await shop.api.http.post("/graphql", json={"query": document}, headers=shop.headers)).json()
        (error,) = answer["errors"]
        assert error["extensions"]["code"] == "BAD_USER_INPUT"
        assert "32-bit" in error["message"]
        if how == "variable":
            assert "at .amount" in error["message"]
        assert shop.calls == []

    @pytest.mark.parametrize(
        ("refusal", "path", "words"),
        [
            ({"code": "amount_too_small", "param": "amount"}, "amount", "minimum"),
            ({"code": "amount_too_large", "param": "amount"}, "amount", "maximum"),
            ({"code": "parameter_invalid_integer", "param": "amount"}, "amount", "whole number"),
            ({"param": "currency", "message": "Invalid currency: xxx. Stripe …"}, "currency", "ISO 4217"),
            ({"code": "parameter_missing", "param": "currency"}, "currency", "required"),
        ],
    )
    async def test_stripe_s_refusals_are_at_the_field(self, shop, refusal, path, words):
        shop.upstream.refuse(**refusal)
        (error,) = (await shop.create())["errors"]
        assert (error["__typename"], error["path"]) == ("InvalidInputError", ["input", path])
        assert words in error["message"]


class TestConfirm:
    async def test_a_service_needs_one_call(self, shop):
        payload = await shop.confirm(paymentMethodId="pm_1", returnUrl=RETURN_URL, mandate=ONLINE)
        assert payload["errors"] == []
        assert shop.calls == [CONFIRM_CALL]
        sent = shop.upstream.sent
        assert (sent["payment_method"], sent["return_url"]) == ("pm_1", RETURN_URL)
        assert sent["mandate_data[customer_acceptance][type]"] == "online"

    async def test_a_customer_needs_a_proof_before(self, shop):
        shop.become_customer()
        assert (await shop.confirm(paymentMethodId="pm_1"))["errors"] == []
        assert shop.calls == [READ_CALL, CONFIRM_CALL]

    async def test_a_customer_s_mandate_names_its_own_device(self, shop):
        shop.become_customer()
        await shop.confirm(paymentMethodId="pm_1", mandate=ONLINE)
        assert shop.upstream.sent["mandate_data[customer_acceptance][online][ip_address]"] != "203.0.113.7"

    @pytest.mark.parametrize("members", [{"customer": "cus_2"}, {"customer": None}], ids=["another's", "no one's"])
    @pytest.mark.parametrize("name", ["confirm", "cancel"])
    async def test_an_intent_of_anyone_else_is_not_found_and_untouched(self, shop, members, name):
        shop.upstream.intent |= members
        shop.become_customer()
        (error,) = (await getattr(shop, name)())["errors"]
        assert (error["__typename"], error["path"]) == ("NotFoundError", ["input", "paymentIntentId"])
        assert shop.calls == [READ_CALL]

    async def test_an_account_confirms_its_own(self, shop):
        shop.upstream.intent |= {"customer_account": "acct_1"}
        shop.become_customer("acct_1")
        assert (await shop.confirm())["errors"] == []

    @pytest.mark.parametrize("claims", [{"service": True}, {"customer": "cus_1"}], ids=["service", "customer"])
    async def test_another_s_method_is_not_found_for_a_customer(self, shop, claims):
        shop.headers = bearer(Settings(), **claims)
        for text in ("does not belong to the Customer you supplied", "Please include the Customer in the"):
            shop.upstream.refuse(message=f"The PaymentMethod pm_2 {text} …")
            (error,) = (await shop.confirm(paymentMethodId="pm_2"))["errors"]
            hidden = "customer" in claims or "belong to" in text
            assert error["__typename"] == ("NotFoundError" if hidden else "InvalidInputError")
            assert error["path"] == ["input", "paymentMethodId"]

    @pytest.mark.parametrize(
        ("methods", "url"), [(ALWAYS, False), ({"enabled": True, "allow_redirects": "never"}, True), (None, True)]
    )
    async def test_a_customer_must_give_a_url_if_the_intent_may_redirect(self, shop, methods, url):
        shop.upstream.intent |= {"automatic_payment_methods": methods}
        shop.become_customer()
        errors = [(one["__typename"], one["path"]) for one in (await shop.confirm(paymentMethodId="pm_1"))["errors"]]
        assert errors == ([] if url else [("InvalidInputError", ["input", "returnUrl"])])
        assert shop.calls == ([READ_CALL, CONFIRM_CALL] if url else [READ_CALL])

    async def test_only_these_parts_of_a_payment_can_be_changed(self, shop):
        input = {"paymentIntentId": "pi_1", "paymentMethodId": "pm_1", "returnUrl": RETURN_URL, "mandate": ONLINE}
        await shop.ask("confirmPaymentIntent", input)
        changed = {name.partition("[")[0] for name in shop.upstream.sent}
        assert changed == {"payment_method", "return_url", "mandate_data"}
        for name, value in {"amount": 1, "currency": "usd", "setupFutureUsage": "ON_SESSION"}.items():
            answer = await shop.answer("confirmPaymentIntent", {"paymentIntentId": "pi_1", name: value})
            assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


UNEXPECTED = "payment_intent_unexpected_state"


class TestRefusals:
    """The one table of errors, for payments."""

    @pytest.mark.parametrize(
        ("refusal", "kind", "path"),
        [
            ({"code": UNEXPECTED, "message": "You cannot confirm …"}, "InvalidStateError", "paymentIntentId"),
            (
                {"code": UNEXPECTED, "message": "… because it's missing a payment method. …"},
                "InvalidInputError",
                "paymentMethodId",
            ),
            ({"code": "resource_missing", "param": "intent"}, "NotFoundError", "paymentIntentId"),
            ({"code": "resource_missing", "param": "payment_method"}, "NotFoundError", "paymentMethodId"),
            ({"message": "… may not be used again …"}, "NotReusableError", "paymentMethodId"),
            ({"message": "… is not allowed for this PaymentIntent. …"}, "InvalidInputError", "paymentMethodId"),
            ({"message": "… you must provide a `return_url`. …"}, "InvalidInputError", "returnUrl"),
            ({"message": "… `mandate_data` is required."}, "InvalidInputError", "mandate"),
            ({"message": "This PaymentIntent requires a mandate, but …"}, "InvalidInputError", "mandate"),
            ({"code": "payment_intent_mandate_invalid"}, "InvalidInputError", "paymentMethodId"),
            ({"code": "payment_intent_incompatible_payment_method"}, "InvalidInputError", "paymentMethodId"),
            ({"code": "payment_method_provider_decline"}, "DeclinedError", "paymentMethodId"),
            ({"type": "idempotency_error"}, "IdempotencyConflictError", "idempotencyKey"),
        ],
    )
    async def test_each_has_its_type_and_field(self, shop, refusal, kind, path):
        shop.upstream.refuse(**refusal)
        (error,) = (await shop.confirm())["errors"]
        assert (error["__typename"], error["path"]) == (kind, ["input", path])
        assert error["message"]

    @pytest.mark.parametrize("name", ["create", "confirm"])
    async def test_a_decline(self, shop, name):
        decline = {"code": "card_declined", "decline_code": "insufficient_funds", "advice_code": "try_again_later"}
        shop.upstream.refuse(402, type="card_error", message="Your card has insufficient funds.", **decline)
        payload = await (shop.create(**PAY) if name == "create" else shop.confirm())
        assert payload["paymentIntent"] is None
        assert payload["errors"] == [
            {
                "__typename": "CardDeclinedError",
                "code": "CARD_DECLINED",
                "path": ["input", "paymentMethodId"],
                "message": "Your card has insufficient funds.",
                "declineCode": "insufficient_funds",
                "adviceCode": "try_again_later",
            }
        ]

    async def test_off_session_authentication_is_a_decline_with_its_code(self, shop):
        code = {"code": "authentication_required", "decline_code": "authentication_required"}
        text = "Your card was declined. This transaction requires authentication."
        shop.upstream.refuse(402, type="card_error", message=text, **code)
        (error,) = (await shop.create(**PAY, offSession=True))["errors"]
        assert (error["declineCode"], error["message"]) == ("authentication_required", text)

    async def test_the_secret_is_in_no_error(self, shop, caplog):
        caplog.set_level(0)
        error = {"type": "card_error", "code": "card_declined", "payment_intent": shop.upstream.intent}
        shop.upstream.refuse(402, **error)
        answer = await shop.answer("confirmPaymentIntent", {"paymentIntentId": "pi_1"})
        assert "_secret_" not in str(answer) + caplog.text


class TestCancel:
    async def test_it_is_one_call(self, shop):
        assert (await shop.cancel())["errors"] == []
        assert shop.calls == [CANCEL_CALL]

    async def test_a_customer_needs_a_proof_before(self, shop):
        shop.become_customer()
        assert (await shop.cancel())["errors"] == []
        assert shop.calls == [READ_CALL, CANCEL_CALL]

    async def test_only_a_service_releases_an_authorized_amount(self, shop):
        shop.upstream.intent = payment_intent(status="requires_capture")
        assert (await shop.cancel())["errors"] == []
        shop.become_customer()
        (error,) = (await shop.cancel())["errors"]
        assert (error["__typename"], error["path"]) == ("InvalidStateError", ["input", "paymentIntentId"])

    async def test_after_success_it_is_too_late(self, shop):
        shop.upstream.refuse(code=UNEXPECTED, message="You cannot cancel this PaymentIntent because …")
        (error,) = (await shop.cancel())["errors"]
        assert (error["__typename"], error["path"]) == ("InvalidStateError", ["input", "paymentIntentId"])


class TestUnknownOutcome:
    """Where no key was given, the error has the one that was sent, and a request with it is the same to Stripe."""

    @pytest.mark.parametrize("mutation", ["createPaymentIntent", "confirmPaymentIntent", "cancelPaymentIntent"])
    async def test_a_lost_response_gives_the_key_out(self, upstream, quick, mutation):
        requests = []

        async def lost(request):
            requests.append(request)
            raise httpx.ReadError("lost")

        upstream.recorder._inner = httpx.MockTransport(lost)
        shop = Shop(upstream, Settings())
        input = {"amount": 1099, "currency": "usd"} if mutation.startswith("create") else {"paymentIntentId": "pi_1"}
        async with shop.api:
            (error,) = (await shop.answer(mutation, input))["errors"]
            assert error["extensions"]["outcome"] == "UNKNOWN"
            key = error["extensions"]["idempotencyKey"]
            await shop.answer(mutation, {**input, "idempotencyKey": key})
        assert len({request.headers["idempotency-key"] for request in requests}) == 1
        assert len({request.content for request in requests}) == 1
