"""Creates intents that a device confirmed, and subscriptions, for tests of saved payment methods."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from quality.harness.clients import Recorder
from quality.harness.wallets import MATEO

BACK = "https://shop.example/back"


@dataclass(frozen=True)
class IntentKind:
    """SetupIntents or PaymentIntents: their names, and the form with which one that saves is created."""

    path: str
    mutation: str
    id_field: str
    latest_use: str
    form: Mapping[str, str]

    @property
    def read(self) -> str:
        """The call that reads one, as the recorder names it."""
        return f"GET /v1/{self.path}/:{'seti' if self.path == 'setup_intents' else 'pi'}"

    @property
    def member(self) -> str:
        """The payload's field with the intent."""
        return self.id_field.removesuffix("Id")


SETUP = IntentKind("setup_intents", "completeSetupIntent", "setupIntentId", "latest_attempt", {})
PAYMENT = IntentKind(
    "payment_intents",
    "completePaymentIntent",
    "paymentIntentId",
    "latest_charge",
    {"amount": "1099", "currency": "eur", "setup_future_usage": "off_session"},
)


class Saving:
    """Stripe's REST API, as a device and a server of the merchant use it."""

    def __init__(self, sandbox: Any, kind: IntentKind = SETUP) -> None:
        self.kind, self._store = kind, sandbox.store
        transport = httpx.ASGITransport(app=sandbox)
        self.rest = httpx.AsyncClient(transport=transport, base_url="http://sandbox", auth=("sk_test_x", ""))
        self.device = httpx.AsyncClient(transport=transport, base_url="http://sandbox", auth=("pk_test_x", ""))

    async def post(self, path: str, form: dict[str, str]) -> dict[str, Any]:
        response = await self.rest.post(path, data=form)
        assert response.status_code == 200, response.text
        body: dict[str, Any] = response.json()
        return body

    async def get(self, path: str, **params: str) -> dict[str, Any]:
        response = await self.rest.get(path, params=params)
        assert response.status_code == 200, response.text
        body: dict[str, Any] = response.json()
        return body

    def stored(self, intent: str) -> dict[str, Any]:
        """The intent's JSON in the sandbox, to change it."""
        body: dict[str, Any] = getattr(self._store, self.kind.path).get(intent).body
        return body

    def stored_use(self, intent: str) -> dict[str, Any]:
        """The JSON of the intent's latest attempt or charge in the sandbox, to change it."""
        used = self._store.setup_attempts if self.kind is SETUP else self._store.charges
        body: dict[str, Any] = used.get(self.stored(intent)[self.kind.latest_use]).body
        return body

    async def intent(self, method: str = "pm_card_amex", customer: str | None = MATEO, **more: str) -> tuple[str, str]:
        """An intent that succeeded, and the payment method that it saved: their ids."""
        form = {**self.kind.form, "payment_method": method, "confirm": "true", "return_url": BACK, **more}
        body = await self.post(f"/v1/{self.kind.path}", form | ({"customer": customer} if customer else {}))
        assert body["status"] == "succeeded"
        return body["id"], body["payment_method"]

    async def intent_of_ideal(self) -> tuple[str, str]:
        """An intent that the payer completed at a bank, and the SEPA debit that it saved."""
        form = {**self.kind.form, "customer": MATEO, "allowed_payment_method_types[]": "ideal"}
        created = await self.post(f"/v1/{self.kind.path}", form)
        path = f"/v1/{self.kind.path}/{created['id']}"
        form = {
            "client_secret": created["client_secret"],
            "payment_method_data[type]": "ideal",
            "payment_method_data[billing_details][name]": "Mateo",
            "payment_method_data[billing_details][email]": "mateo@example.com",
            "return_url": BACK,
        }
        waiting = (await self.device.post(f"{path}/confirm", data=form)).json()
        url = waiting["next_action"]["redirect_to_url"]["url"]
        decided = await self.rest.post(url, data={"outcome": "complete"})
        assert parse_qs(urlsplit(decided.headers["location"]).query)["redirect_status"] == ["succeeded"]
        done = await self.get(path, **{"expand[]": self.kind.latest_use})
        return done["id"], done[self.kind.latest_use]["payment_method_details"]["ideal"]["generated_sepa_debit"]

    async def token(self, method: str = "pm_card_visa") -> str:
        """The id of a ConfirmationToken, as a device creates it, with the page to return to."""
        form = {"payment_method": method, "return_url": BACK}
        return str((await self.post("/v1/test_helpers/confirmation_tokens", form))["id"])

    async def subscription(self, method: str | None = None, customer: str = MATEO, **form: str) -> str:
        """The id of a new subscription, which names the payment method."""
        price = {"currency": "eur", "product": "prod_x", "unit_amount": "100", "recurring][interval": "month"}
        items = {f"items[0][price_data][{name}]": value for name, value in price.items()}
        named = {"default_payment_method": method} if method else {}
        return str((await self.post("/v1/subscriptions", {"customer": customer, **items, **named, **form}))["id"])

    async def named(self, *subscriptions: str) -> list[str | None]:
        """The payment method that each subscription names."""
        return [(await self.get(f"/v1/subscriptions/{id}"))["default_payment_method"] for id in subscriptions]

    async def default(self, customer: str = MATEO) -> str | None:
        body = await self.get(f"/v1/customers/{customer}")
        default: str | None = body["invoice_settings"]["default_payment_method"]
        return default

    async def detach(self, method: str) -> None:
        await self.post(f"/v1/payment_methods/{method}/detach", {})

    async def cancel(self, subscription: str) -> None:
        assert (await self.rest.delete(f"/v1/subscriptions/{subscription}")).status_code == 200

    async def set_default(self, method: str, customer: str = MATEO) -> None:
        await self.post(f"/v1/customers/{customer}", {"invoice_settings[default_payment_method]": method})

    async def wallet(self, customer: str = MATEO) -> list[str]:
        """The ids of the customer's payment methods, newest first."""
        listed = await self.get(f"/v1/customers/{customer}/payment_methods", limit="100")
        return [method["id"] for method in listed["data"]]


class Meanwhile(httpx.AsyncBaseTransport):
    """Calls `action` once, after Stripe's first response to a call of the endpoint."""

    def __init__(self, stripe: Recorder, endpoint: str, action: Callable[[], Awaitable[object]]) -> None:
        self._inner, self._stripe, self._endpoint = stripe._inner, stripe, endpoint
        self._action = action

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        if self._stripe.calls[-1] == self._endpoint:
            self._stripe._inner = self._inner
            await self._action()
        return response
