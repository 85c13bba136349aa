import httpx
import pytest

from quality.harness.clients import Api
from quality.harness.tokens import bearer
from quality.harness.wallets import AMARA, JENNY, JENNYS_CARD, MATEOS_CARD, UNATTACHED_CARD
from sandbox import Fault
from serving.settings.settings import Settings
from tests.resolvers.mutations.setup_stripe import SetupStripe, setup_intent

FIELDS = """
  id clientSecret created livemode status usage
  nextAction { type redirectToUrl returnUrl verifyWithMicrodeposits { arrivalDate } json }
  customer { id } paymentMethod { id }
  lastSetupError { message code declineCode adviceCode type paymentMethod { id } }
"""
CREATE = f"""mutation Create($input: CreateSetupIntentInput!) {{
  createSetupIntent(input: $input) {{ setupIntent {{ {FIELDS} }} errors {{ __typename code path message
    ... on CardDeclinedError {{ declineCode }} }} }} }}"""
CONFIRM = f"""mutation Confirm($input: ConfirmSetupIntentInput!) {{
  confirmSetupIntent(input: $input) {{ setupIntent {{ {FIELDS} }} errors {{ __typename code path message
    ... on CardDeclinedError {{ declineCode }} }} }} }}"""
CANCEL = f"""mutation Cancel($input: CancelSetupIntentInput!) {{
  cancelSetupIntent(input: $input) {{ setupIntent {{ {FIELDS} }} errors {{ __typename code path }} }} }}"""
READ = f"query($id: ID!) {{ setupIntent(id: $id) {{ {FIELDS} }} }}"
RETURN_URL = "https://shop.example/wallet"
ALWAYS = {"enabled": True, "allow_redirects": "always"}
CREATE_CALL = "POST /v1/setup_intents"
CONFIRM_CALL = "POST /v1/setup_intents/:seti/confirm"


@pytest.fixture
def upstream():
    return SetupStripe()


@pytest.fixture
def create(api):
    async def create(**input):
        return (await api.data(CREATE, input=input))["createSetupIntent"]

    return create


@pytest.fixture
def confirm(api):
    async def confirm(id, payment_method=None, **input):
        input = {"setupIntentId": id, "paymentMethodId": payment_method, "returnUrl": RETURN_URL, **input}
        return (await api.data(CONFIRM, input=input))["confirmSetupIntent"]

    return confirm


@pytest.fixture
def cancel(api):
    async def cancel(id, **input):
        return (await api.data(CANCEL, input={"setupIntentId": id, **input}))["cancelSetupIntent"]

    return cancel


@pytest.fixture
def read(api):
    async def read(id):
        return (await api.data(READ, id=id))["setupIntent"]

    return read


@pytest.fixture
async def intent(create, stripe):
    payload = await create(customerId=JENNY)
    stripe.clear()
    return payload["setupIntent"]


async def methods_of(api, customer):
    query = "query($id: ID!) { customer(id: $id) { paymentMethods(first: 100) { nodes { id } } } }"
    return [node["id"] for node in (await api.data(query, id=customer))["customer"]["paymentMethods"]["nodes"]]


class TestCreate:
    async def test_it_waits_for_a_method(self, create, stripe):
        payload = await create(customerId=JENNY)
        intent = payload["setupIntent"]
        assert payload["errors"] == []
        assert intent["id"].startswith("seti_")
        assert intent["clientSecret"].startswith(intent["id"] + "_secret_")
        assert intent["status"] == "REQUIRES_PAYMENT_METHOD"
        assert intent["usage"] == "OFF_SESSION"
        assert intent["customer"] == {"id": JENNY}
        assert (intent["paymentMethod"], intent["nextAction"], intent["lastSetupError"]) == (None, None, None)
        assert stripe.calls == [CREATE_CALL]
        assert stripe.form() == {
            "customer": JENNY,
            "usage": "off_session",
            "automatic_payment_methods[enabled]": "true",
            "expand[0]": "customer",
            "expand[1]": "payment_method",
        }

    async def test_with_a_method_it_waits_to_be_confirmed(self, create):
        intent = (await create(customerId=JENNY, paymentMethodId=UNATTACHED_CARD, usage="ON_SESSION"))["setupIntent"]
        assert intent["status"] == "REQUIRES_CONFIRMATION"
        assert intent["usage"] == "ON_SESSION"
        assert intent["paymentMethod"] == {"id": UNATTACHED_CARD}

    async def test_confirm_on_creation_puts_the_method_into_the_wallet(self, create, api, stripe):
        payload = await create(customerId=JENNY, paymentMethodId="pm_card_visa", confirm=True)
        assert payload["errors"] == []
        assert payload["setupIntent"]["status"] == "SUCCEEDED"
        assert stripe.form()["automatic_payment_methods[allow_redirects]"] == "never"
        assert payload["setupIntent"]["paymentMethod"]["id"] in await methods_of(api, JENNY)

    async def test_confirm_on_creation_with_a_return_url(self, create, stripe):
        await create(
            customerId=JENNY, paymentMethodId="pm_card_visa", confirm=True, returnUrl="https://shop.example/wallet"
        )
        assert stripe.form()["return_url"] == "https://shop.example/wallet"
        assert "automatic_payment_methods[allow_redirects]" not in stripe.form()

    async def test_what_describes_it_comes_back(self, create, api, stripe):
        input = {
            "paymentMethodTypes": ["card", "sepa_debit"],
            "description": "A gym's contract",
            "metadata": {"contract": "17"},
        }
        id = (await create(customerId=JENNY, **input))["setupIntent"]["id"]
        assert "automatic_payment_methods[enabled]" not in stripe.form()
        query = "query($id: ID!) { setupIntent(id: $id) { paymentMethodTypes description metadata } }"
        assert (await api.data(query, id=id))["setupIntent"] == input

    async def test_named_types_that_do_not_redirect_need_no_return_url(self, create):
        payload = await create(
            customerId=JENNY, paymentMethodId="pm_card_visa", paymentMethodTypes=["card"], confirm=True
        )
        assert payload["setupIntent"]["status"] == "SUCCEEDED"

    async def test_without_a_customer(self, create):
        intent = (await create())["setupIntent"]
        assert intent["customer"] is None

    @pytest.mark.parametrize(
        ("input", "path"),
        [
            ({"confirm": True}, "paymentMethodId"),
            ({"returnUrl": "https://shop.example"}, "returnUrl"),
            ({"paymentMethodTypes": []}, "paymentMethodTypes"),
            ({"metadata": {"a": 1}}, "metadata"),
        ],
    )
    async def test_what_makes_no_sense_is_not_sent(self, create, stripe, input, path):
        (error,) = (await create(customerId=JENNY, **input))["errors"]
        assert (error["code"], error["path"]) == ("INVALID_INPUT", ["input", path])
        assert stripe.calls == []

    @pytest.mark.parametrize(
        ("input", "code", "path"),
        [
            ({"customerId": "cus_none"}, "NOT_FOUND", "customerId"),
            ({"customerId": JENNY, "paymentMethodId": "pm_none"}, "NOT_FOUND", "paymentMethodId"),
            ({"customerId": JENNY, "paymentMethodId": MATEOS_CARD}, "NOT_FOUND", "paymentMethodId"),
            ({"paymentMethodId": MATEOS_CARD}, "INVALID_INPUT", "paymentMethodId"),
            ({"paymentMethodTypes": ["gold"]}, "INVALID_INPUT", "paymentMethodTypes"),
            ({"description": "x" * 1001}, "INVALID_INPUT", "description"),
        ],
    )
    async def test_what_stripe_refuses_is_named(self, create, input, code, path):
        payload = await create(**input)
        (error,) = payload["errors"]
        assert (error["code"], error["path"]) == (code, ["input", path])
        assert payload["setupIntent"] is None

    async def test_the_same_key_is_done_once_and_answered_alike(self, create):
        first = await create(customerId=JENNY, idempotencyKey="k")
        assert await create(customerId=JENNY, idempotencyKey="k") == first

    async def test_the_same_key_with_other_input_is_a_conflict(self, create):
        await create(customerId=JENNY, idempotencyKey="k")
        (error,) = (await create(customerId=AMARA, idempotencyKey="k"))["errors"]
        assert error["code"] == "IDEMPOTENCY_CONFLICT"


class TestConfirm:
    async def test_it_saves_the_method_without_another_call(self, confirm, api, intent, stripe):
        payload = await confirm(intent["id"], "pm_card_mastercard")
        assert payload["errors"] == []
        assert payload["setupIntent"]["status"] == "SUCCEEDED"
        assert stripe.calls == [CONFIRM_CALL]
        assert payload["setupIntent"]["paymentMethod"]["id"] in await methods_of(api, JENNY)

    async def test_a_declined_card_puts_it_back(self, confirm, read, intent):
        payload = await confirm(intent["id"], "pm_card_visa_chargeDeclinedInsufficientFunds")
        (error,) = payload["errors"]
        assert (error["__typename"], error["declineCode"]) == ("CardDeclinedError", "insufficient_funds")
        assert error["path"] == ["input", "paymentMethodId"]
        found = await read(intent["id"])
        assert (found["status"], found["paymentMethod"]) == ("REQUIRES_PAYMENT_METHOD", None)
        method = found["lastSetupError"].pop("paymentMethod")
        assert method["id"].startswith("pm_")
        assert found["lastSetupError"] == {
            "message": error["message"],
            "code": "card_declined",
            "declineCode": "insufficient_funds",
            "adviceCode": "try_again_later",
            "type": "card_error",
        }

    async def test_after_a_decline_another_card_succeeds(self, confirm, intent):
        await confirm(intent["id"], "pm_card_visa_chargeDeclined")
        assert (await confirm(intent["id"], "pm_card_visa"))["setupIntent"]["status"] == "SUCCEEDED"

    @pytest.mark.parametrize(("button", "status"), [("complete", "SUCCEEDED"), ("fail", "REQUIRES_PAYMENT_METHOD")])
    async def test_three_d_secure(self, confirm, read, api, intent, sandbox, button, status):
        payload = await confirm(intent["id"], "pm_card_authenticationRequired")
        assert payload["errors"] == []
        assert payload["setupIntent"]["status"] == "REQUIRES_ACTION"
        action = payload["setupIntent"]["nextAction"]
        assert (action["type"], action["returnUrl"]) == ("redirect_to_url", RETURN_URL)
        assert action["json"]["redirect_to_url"] == {"url": action["redirectToUrl"], "return_url": RETURN_URL}
        url = action["redirectToUrl"]
        transport = httpx.ASGITransport(app=sandbox)
        async with httpx.AsyncClient(transport=transport) as browser:
            page = await browser.get(url)
            assert page.status_code == 200
            answer = await browser.post(url, data={"outcome": button})
        assert answer.headers["location"].startswith("https://shop.example/wallet?")
        found = await read(intent["id"])
        assert found["status"] == status
        assert found["nextAction"] is None
        if status == "SUCCEEDED":
            assert found["paymentMethod"]["id"] in await methods_of(api, JENNY)
        else:
            assert found["lastSetupError"]["code"] == "setup_intent_authentication_failure"
            assert found["lastSetupError"]["declineCode"] is None

    @pytest.mark.parametrize(
        ("method", "code"), [(None, "INVALID_STATE"), (MATEOS_CARD, "NOT_FOUND"), ("pm_none", "NOT_FOUND")]
    )
    async def test_what_stripe_refuses_is_named(self, confirm, intent, method, code):
        (error,) = (await confirm(intent["id"], method))["errors"]
        path = "setupIntentId" if code == "INVALID_STATE" else "paymentMethodId"
        assert (error["code"], error["path"]) == (code, ["input", path])

    async def test_twice_is_past_the_step(self, confirm, intent):
        await confirm(intent["id"], "pm_card_visa")
        (error,) = (await confirm(intent["id"], "pm_card_visa"))["errors"]
        assert (error["__typename"], error["code"]) == ("InvalidStateError", "INVALID_STATE")

    async def test_unknown(self, confirm):
        (error,) = (await confirm("seti_none", "pm_card_visa"))["errors"]
        assert (error["code"], error["path"]) == ("NOT_FOUND", ["input", "setupIntentId"])

    async def test_a_detached_method_is_not_reusable(self, confirm, api, intent):
        await api.data(
            "mutation($id: ID!) { detachPaymentMethod(input: {paymentMethodId: $id}) { errors { code } } }",
            id=JENNYS_CARD,
        )
        (error,) = (await confirm(intent["id"], JENNYS_CARD))["errors"]
        assert error["code"] == "NOT_REUSABLE"

    async def test_the_same_key_is_done_once_and_answered_alike(self, confirm, intent, sandbox):
        first = await confirm(intent["id"], "pm_card_visa", idempotencyKey="k")
        assert await confirm(intent["id"], "pm_card_visa", idempotencyKey="k") == first
        assert sandbox.ledger.operations().count("payment_method.attached") == 1

    @pytest.mark.parametrize("kind", ["drop_before", "drop_after", "error_before", "truncate"])
    async def test_a_retry_completes_a_failed_mutation(self, confirm, intent, sandbox, quick, kind):
        sandbox.faults.add(Fault(kind, path="/confirm$"))
        assert (await confirm(intent["id"], "pm_card_visa"))["setupIntent"]["status"] == "SUCCEEDED"
        assert sandbox.ledger.operations().count("payment_method.attached") == 1


class TestReturnUrl:
    """A server-side confirmation needs it where the SetupIntent accepts payment methods that redirect."""

    async def test_a_service_must_provide_it(self, confirm, intent, read, stripe):
        payload = await confirm(intent["id"], "pm_card_visa", returnUrl=None)
        (error,) = payload["errors"]
        assert (error["__typename"], error["path"]) == ("InvalidInputError", ["input", "returnUrl"])
        assert error["message"].startswith("Give returnUrl")
        assert stripe.calls == [CONFIRM_CALL]
        assert (await read(intent["id"]))["status"] == "REQUIRES_PAYMENT_METHOD"

    async def test_a_customer_gets_the_error_without_a_confirmation(self, api, stripe):
        headers = bearer(Settings(), customer=JENNY)
        api.http.headers.update(headers)
        id = (await api.data(CREATE, input={}))["createSetupIntent"]["setupIntent"]["id"]
        stripe.clear()
        input = {"setupIntentId": id, "paymentMethodId": "pm_card_visa"}
        (error,) = (await api.data(CONFIRM, input=input))["confirmSetupIntent"]["errors"]
        assert (error["__typename"], error["path"]) == ("InvalidInputError", ["input", "returnUrl"])
        assert stripe.calls == ["GET /v1/setup_intents/:seti"]

    async def test_after_a_create_that_confirmed_without_it_none_is_needed(self, create, confirm, sandbox):
        await create(customerId=JENNY, paymentMethodId="pm_card_visa_chargeDeclined", confirm=True)
        (intent,) = sandbox.store.setup_intents.newest_first()
        payload = await confirm(intent.id, "pm_card_visa", returnUrl=None)
        assert payload["setupIntent"]["status"] == "SUCCEEDED"

    async def test_with_a_confirmation_token_stripe_checks_it(self, upstream):
        """The token may contain the URL."""
        upstream.intent = setup_intent(automatic_payment_methods=ALWAYS)
        async with Api(Settings(), upstream.recorder) as api:
            api.http.headers.update(bearer(Settings(), customer="cus_1"))
            input = {"setupIntentId": "seti_1", "confirmationTokenId": "ctoken_1"}
            payload = (await api.data(CONFIRM, input=input))["confirmSetupIntent"]
        assert payload["errors"] == []
        assert upstream.sent["confirmation_token"] == "ctoken_1"


class TestMandate:
    @pytest.fixture
    async def debit(self, api):
        rest = httpx.AsyncClient(
            transport=api.stripe, base_url="http://sandbox", headers={"authorization": "Bearer sk_test_x"}
        )
        iban = {
            "type": "sepa_debit",
            "sepa_debit[iban]": "DE89370400440532013000",
            "billing_details[name]": "Jenny Rosen",
            "billing_details[email]": "jenny@example.com",
        }
        return (await rest.post("/v1/payment_methods", data=iban)).json()["id"]

    async def test_a_debit_needs_one(self, confirm, intent, debit):
        (error,) = (await confirm(intent["id"], debit))["errors"]
        assert (error["code"], error["path"]) == ("INVALID_INPUT", ["input", "mandate"])
        assert "mandate" in error["message"]

    async def test_with_one_a_debit_is_saved(self, confirm, api, intent, debit):
        mandate = {"online": {"ipAddress": "203.0.113.7", "userAgent": "Firefox"}}
        assert (await confirm(intent["id"], debit, mandate=mandate))["setupIntent"]["status"] == "SUCCEEDED"
        query = """query($id: ID!) { setupIntent(id: $id) {
          mandate { id status type acceptance paymentMethod { id } } } }"""
        found = (await api.data(query, id=intent["id"]))["setupIntent"]["mandate"]
        assert found.pop("id").startswith("mandate_")
        assert found == {
            "status": "ACTIVE",
            "type": "MULTI_USE",
            "acceptance": "ONLINE",
            "paymentMethod": {"id": debit},
        }


class TestConfirmationToken:
    async def test_it_confirms(self, upstream):
        async with Api(Settings(), upstream.recorder) as api:
            created = await api.data(CREATE, input={"confirmationTokenId": "ctoken_1", "confirm": True})
            assert created["createSetupIntent"]["errors"] == []
            form = upstream.sent
            assert (form["confirmation_token"], form["confirm"]) == ("ctoken_1", "true")
            assert "automatic_payment_methods[allow_redirects]" not in form
            input = {"setupIntentId": "seti_1", "confirmationTokenId": "ctoken_1"}
            assert (await api.data(CONFIRM, input=input))["confirmSetupIntent"]["errors"] == []
            assert upstream.sent["confirmation_token"] == "ctoken_1"

    @pytest.mark.parametrize(
        ("refusal", "kind"),
        [
            ({"code": "resource_missing", "param": "confirmation_token"}, "NotFoundError"),
            ({"param": "confirmation_token", "message": "It was used."}, "InvalidInputError"),
            ({"type": "card_error", "code": "card_declined"}, "CardDeclinedError"),
            ({"message": "… does not belong to the Customer …"}, "NotFoundError"),
        ],
    )
    async def test_an_error_of_its_payment_method_is_at_the_token(self, upstream, refusal, kind):
        upstream.refuse(**refusal)
        async with Api(Settings(), upstream.recorder) as api:
            input = {"setupIntentId": "seti_1", "confirmationTokenId": "ctoken_1"}
            (error,) = (await api.data(CONFIRM, input=input))["confirmSetupIntent"]["errors"]
        assert (error["__typename"], error["path"]) == (kind, ["input", "confirmationTokenId"])

    @pytest.fixture
    async def token(self, api):
        """A token for a card that the customer's device has entered, with the page to return to."""
        rest = httpx.AsyncClient(
            transport=api.stripe, base_url="http://sandbox", headers={"authorization": "Bearer sk_test_x"}
        )
        form = {"payment_method": "pm_card_visa", "return_url": RETURN_URL}
        return (await rest.post("/v1/test_helpers/confirmation_tokens", data=form)).json()["id"]

    async def test_its_payment_method_is_saved(self, create, api, token, stripe):
        stripe.clear()
        payload = await create(customerId=JENNY, confirmationTokenId=token, confirm=True)
        assert payload["errors"] == []
        assert payload["setupIntent"]["paymentMethod"]["id"] in await methods_of(api, JENNY)
        assert stripe.calls[0] == CREATE_CALL

    async def test_it_confirms_another_s_intent_for_no_customer(self, api, intent, token):
        api.http.headers.update(bearer(Settings(), customer=AMARA))
        input = {"setupIntentId": intent["id"], "confirmationTokenId": token}
        (error,) = (await api.data(CONFIRM, input=input))["confirmSetupIntent"]["errors"]
        assert (error["code"], error["path"]) == ("NOT_FOUND", ["input", "setupIntentId"])

    async def test_it_can_be_used_once(self, create, token):
        await create(customerId=JENNY, confirmationTokenId=token, confirm=True)
        (error,) = (await create(customerId=JENNY, confirmationTokenId=token, confirm=True))["errors"]
        assert (error["code"], error["path"]) == ("INVALID_INPUT", ["input", "confirmationTokenId"])

    async def test_the_same_key_uses_it_once(self, create, token):
        first = await create(customerId=JENNY, confirmationTokenId=token, confirm=True, idempotencyKey="k")
        again = await create(customerId=JENNY, confirmationTokenId=token, confirm=True, idempotencyKey="k")
        assert again == first
        assert first["errors"] == []

    async def test_unknown(self, create):
        (error,) = (await create(customerId=JENNY, confirmationTokenId="ctoken_none", confirm=True))["errors"]
        assert (error["code"], error["path"]) == ("NOT_FOUND", ["input", "confirmationTokenId"])

    async def test_it_is_used_instead_of_a_payment_method(self, create, confirm, stripe):
        both = {"paymentMethodId": "pm_1", "confirmationTokenId": "ctoken_1"}
        (error,) = (await create(confirm=True, **both))["errors"]
        assert (error["code"], error["path"]) == ("INVALID_INPUT", ["input", "confirmationTokenId"])
        (error,) = (await confirm("seti_1", "pm_1", confirmationTokenId="ctoken_1"))["errors"]
        assert (error["code"], error["path"]) == ("INVALID_INPUT", ["input", "confirmationTokenId"])
        assert stripe.calls == []

    async def test_without_confirm_there_is_none(self, create, stripe):
        (error,) = (await create(confirmationTokenId="ctoken_1"))["errors"]
        assert (error["code"], error["path"]) == ("INVALID_INPUT", ["input", "confirmationTokenId"])
        assert stripe.calls == []


class TestAllowRedisplay:
    SAVE = {"customerId": JENNY, "paymentMethodId": "pm_card_visa", "confirm": True, "allowRedisplay": "ALWAYS"}  # noqa: RUF012
    SET_CALL = "POST /v1/payment_methods/:pm"

    @pytest.fixture
    def save(self, api):
        async def save(**input):
            fields = "setupIntent { status paymentMethod { allowRedisplay customer { id } } }"
            document = f"""mutation($input: CreateSetupIntentInput!) {{ createSetupIntent(input: $input) {{
              {fields} errors {{ __typename path }} }} }}"""
            return (await api.data(document, input={**self.SAVE, **input}))["createSetupIntent"]

        return save

    async def test_it_costs_a_call(self, save, stripe):
        payload = await save()
        saved = {"allowRedisplay": "ALWAYS", "customer": {"id": JENNY}}
        assert payload == {"setupIntent": {"status": "SUCCEEDED", "paymentMethod": saved}, "errors": []}
        assert stripe.calls == [CREATE_CALL, self.SET_CALL]

    async def test_while_the_customer_must_act_it_can_t_be_set(self, save, stripe):
        payload = await save(paymentMethodId="pm_card_authenticationRequired", returnUrl=RETURN_URL)
        assert payload["setupIntent"]["status"] == "REQUIRES_ACTION"
        assert payload["errors"] == [{"__typename": "AllowRedisplayNotSetError", "path": ["input", "allowRedisplay"]}]
        assert stripe.calls == [CREATE_CALL]

    async def test_a_failure_is_an_error_next_to_the_intent(self, save, sandbox, quick):
        sandbox.faults.add(Fault("error_before", path="/payment_methods/", times=3))
        payload = await save()
        assert payload["setupIntent"]["paymentMethod"]["allowRedisplay"] == "UNSPECIFIED"
        assert payload["errors"] == [{"__typename": "AllowRedisplayNotSetError", "path": ["input", "allowRedisplay"]}]

    @pytest.mark.parametrize("kind", ["drop_before", "drop_after", "error_before"])
    async def test_a_retry_with_the_same_key_completes_it(self, save, sandbox, quick, kind):
        sandbox.faults.add(Fault(kind, path="/payment_methods/", times=3))
        failed = await save(idempotencyKey="k")
        assert [error["__typename"] for error in failed["errors"]] == ["AllowRedisplayNotSetError"]
        payload = await save(idempotencyKey="k")
        assert payload["errors"] == []
        assert payload["setupIntent"]["paymentMethod"]["allowRedisplay"] == "ALWAYS"
        assert sandbox.ledger.operations().count("payment_method.attached") == 1

    async def test_without_confirm_there_is_none(self, save, stripe):
        payload = await save(confirm=False)
        assert payload["errors"] == [{"__typename": "InvalidInputError", "path": ["input", "allowRedisplay"]}]
        assert stripe.calls == []


class TestCancel:
    async def test_it_is_over(self, cancel, confirm, intent):
        payload = await cancel(intent["id"])
        assert payload["errors"] == []
        assert payload["setupIntent"]["status"] == "CANCELED"
        (error,) = (await confirm(intent["id"], "pm_card_visa"))["errors"]
        assert error["code"] == "INVALID_STATE"

    async def test_the_reason_is_kept(self, cancel, api, intent):
        await cancel(intent["id"], cancellationReason="duplicate")
        query = "query($id: ID!) { setupIntent(id: $id) { cancellationReason } }"
        assert (await api.data(query, id=intent["id"]))["setupIntent"] == {"cancellationReason": "duplicate"}

    async def test_a_reason_that_stripe_does_not_know(self, cancel, intent):
        (error,) = (await cancel(intent["id"], cancellationReason="bored"))["errors"]
        assert (error["code"], error["path"]) == ("INVALID_INPUT", ["input", "cancellationReason"])

    async def test_after_success_it_is_too_late(self, cancel, confirm, intent):
        await confirm(intent["id"], "pm_card_visa")
        (error,) = (await cancel(intent["id"]))["errors"]
        assert (error["code"], error["path"]) == ("INVALID_STATE", ["input", "setupIntentId"])

    async def test_unknown(self, cancel):
        (error,) = (await cancel("seti_none"))["errors"]
        assert error["code"] == "NOT_FOUND"

    async def test_the_same_key_is_done_once_and_answered_alike(self, cancel, intent):
        assert await cancel(intent["id"], idempotencyKey="k") == await cancel(intent["id"], idempotencyKey="k")


class TestRead:
    async def test_it_is_a_node(self, api, intent):
        data = await api.data("query($id: ID!) { node(id: $id) { __typename id } }", id=intent["id"])
        assert data == {"node": {"__typename": "SetupIntent", "id": intent["id"]}}

    async def test_what_is_not_there_is_null(self, read):
        assert await read("seti_none") is None

    async def test_customer_and_method_come_in_one_call(self, api, stripe, intent, confirm):
        await confirm(intent["id"], "pm_card_visa")
        stripe.clear()
        query = """query($id: ID!) { setupIntent(id: $id) {
          customer { email defaultPaymentMethod { displayLabel } }
          paymentMethod { displayLabel isDefault customer { email } } } }"""
        found = (await api.data(query, id=intent["id"]))["setupIntent"]
        assert found["paymentMethod"]["displayLabel"] == "Visa •••• 4242"
        assert found["customer"]["email"] == found["paymentMethod"]["customer"]["email"]
        assert stripe.calls == ["GET /v1/setup_intents/:seti"]


class TestSecret:
    """The client secret is in its own field, and nowhere else."""

    async def test_it_is_in_no_refusal(self, api, confirm, intent):
        for method in (None, "pm_card_visa_chargeDeclined", "pm_none"):
            input = {"setupIntentId": intent["id"], "paymentMethodId": method, "returnUrl": RETURN_URL}
            answer = await api(CONFIRM, input=input)
            assert "_secret_" not in str(answer)

    @pytest.mark.parametrize("kind", ["error_after", "drop_after", "not_json", "truncate", "permission"])
    async def test_it_is_in_no_fault_and_no_log(self, api, intent, sandbox, quick, caplog, kind):
        caplog.set_level(0)
        sandbox.faults.add(Fault(kind, path="/confirm$", times=None))
        input = {"setupIntentId": intent["id"], "paymentMethodId": "pm_card_visa", "returnUrl": RETURN_URL}
        answer = await api(CONFIRM, input=input)
        assert "_secret_" not in str(answer)
        assert intent["clientSecret"] not in caplog.text
