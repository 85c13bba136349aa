"""Strawberry's own ASGI app over httpx's AsyncClient, with default settings, as in a tutorial."""

from __future__ import annotations

import asyncio
import enum
import os
import uuid
from datetime import UTC, datetime
from typing import Any

import httpx
import jwt
import strawberry
from cross_web import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.scalars import JSON
from strawberry.schema.config import StrawberryConfig

SECRET = os.environ.get("AUTH_SECRET")


class Words(enum.Enum):
    """An enum of Stripe's words, in which any other word is UNKNOWN."""

    @classmethod
    def _missing_(cls, value: object) -> Any:
        return cls.__members__["UNKNOWN"]


@strawberry.enum
class PaymentMethodType(Words):
    CARD = "card"
    US_BANK_ACCOUNT = "us_bank_account"
    SEPA_DEBIT = "sepa_debit"
    LINK = "link"
    UNKNOWN = "unknown"


@strawberry.enum
class CardBrand(Words):
    AMEX = "amex"
    CARTES_BANCAIRES = "cartes_bancaires"
    DINERS = "diners"
    DISCOVER = "discover"
    EFTPOS_AU = "eftpos_au"
    INTERAC = "interac"
    JCB = "jcb"
    LINK = "link"
    MASTERCARD = "mastercard"
    UNIONPAY = "unionpay"
    VISA = "visa"
    UNKNOWN = "unknown"


@strawberry.enum
class CardFunding(Words):
    CREDIT = "credit"
    DEBIT = "debit"
    PREPAID = "prepaid"
    UNKNOWN = "unknown"


@strawberry.enum
class CheckResult(Words):
    PASS = "pass"
    FAIL = "fail"
    UNAVAILABLE = "unavailable"
    UNCHECKED = "unchecked"
    UNKNOWN = "unknown"


@strawberry.enum
class WalletType(Words):
    APPLE_PAY = "apple_pay"
    GOOGLE_PAY = "google_pay"
    LINK = "link"
    SAMSUNG_PAY = "samsung_pay"
    UNKNOWN = "unknown"


@strawberry.enum
class RegulatedStatus(Words):
    REGULATED = "regulated"
    UNREGULATED = "unregulated"
    UNKNOWN = "unknown"


@strawberry.enum
class AllowRedisplay(Words):
    ALWAYS = "always"
    LIMITED = "limited"
    UNSPECIFIED = "unspecified"
    UNKNOWN = "unknown"


DISPLAY_BRANDS = {
    "american_express": "amex",
    "diners_club": "diners",
    "eftpos_australia": "eftpos_au",
    "union_pay": "unionpay",
}
BRAND_NAMES = {
    CardBrand.AMEX: "American Express",
    CardBrand.CARTES_BANCAIRES: "Cartes Bancaires",
    CardBrand.DINERS: "Diners Club",
    CardBrand.DISCOVER: "Discover",
    CardBrand.EFTPOS_AU: "eftpos",
    CardBrand.INTERAC: "Interac",
    CardBrand.JCB: "JCB",
    CardBrand.LINK: "Link",
    CardBrand.MASTERCARD: "Mastercard",
    CardBrand.UNIONPAY: "UnionPay",
    CardBrand.VISA: "Visa",
}


def _brand(word: str | None) -> CardBrand | None:
    return None if word is None else CardBrand(DISPLAY_BRANDS.get(word, word))


def _check(word: str | None) -> CheckResult | None:
    return None if word is None else CheckResult(word)


@strawberry.type
class Address:
    line1: str | None
    line2: str | None
    city: str | None
    state: str | None
    postal_code: str | None
    country: str | None


@strawberry.type
class BillingDetails:
    name: str | None
    email: str | None
    phone: str | None
    tax_id: str | None
    address: Address | None

    @classmethod
    def of(cls, json: dict[str, Any]) -> BillingDetails:
        address = json["address"]
        return cls(
            name=json["name"],
            email=json["email"],
            phone=json["phone"],
            tax_id=json["tax_id"],
            address=Address(**address) if address else None,
        )


@strawberry.type
class CardChecks:
    address_line1_check: CheckResult | None
    address_postal_code_check: CheckResult | None
    cvc_check: CheckResult | None


@strawberry.type
class CardNetworks:
    available: list[CardBrand]
    preferred: CardBrand | None


@strawberry.type
class ThreeDSecureUsage:
    supported: bool


@strawberry.type
class CardGeneratedFrom:
    charge: strawberry.ID | None
    setup_attempt: strawberry.ID | None


@strawberry.type
class CardWallet:
    type: WalletType
    dynamic_last4: str | None


@strawberry.type
class Card:
    brand: CardBrand
    display_brand: CardBrand | None
    checks: CardChecks | None
    country: str | None
    exp_month: int
    exp_year: int
    fingerprint: str | None
    funding: CardFunding
    generated_from: CardGeneratedFrom | None
    last4: str
    networks: CardNetworks | None
    regulated_status: RegulatedStatus | None
    three_d_secure_usage: ThreeDSecureUsage | None
    wallet: CardWallet | None

    @classmethod
    def of(cls, json: dict[str, Any]) -> Card:
        checks, source, networks = json["checks"], json["generated_from"], json["networks"]
        usage, wallet, regulated = json["three_d_secure_usage"], json["wallet"], json["regulated_status"]
        return cls(
            brand=CardBrand(json["brand"]),
            display_brand=_brand(json["display_brand"]),
            checks=CardChecks(**{name: _check(word) for name, word in checks.items()}) if checks else None,
            country=json["country"],
            exp_month=json["exp_month"],
            exp_year=json["exp_year"],
            fingerprint=json["fingerprint"],
            funding=CardFunding(json["funding"]),
            generated_from=(
                CardGeneratedFrom(charge=source["charge"], setup_attempt=source["setup_attempt"]) if source else None
            ),
            last4=json["last4"],
            networks=(
                CardNetworks(
                    available=[CardBrand(word) for word in networks["available"]],
                    preferred=_brand(networks["preferred"]),
                )
                if networks
                else None
            ),
            regulated_status=RegulatedStatus(regulated) if regulated else None,
            three_d_secure_usage=ThreeDSecureUsage(**usage) if usage else None,
            wallet=(
                CardWallet(type=WalletType(wallet["type"]), dynamic_last4=wallet["dynamic_last4"]) if wallet else None
            ),
        )


@strawberry.type
class PaymentMethod:
    id: strawberry.ID
    type: PaymentMethodType
    allow_redisplay: AllowRedisplay | None
    billing_details: BillingDetails
    card: Card | None
    created: datetime
    metadata: JSON
    owner: strawberry.Private[Customer | None]

    @strawberry.field
    def customer(self) -> Customer | None:
        return self.owner

    @strawberry.field
    def display_label(self) -> str:
        if self.card is None:
            return self.type.value
        name = BRAND_NAMES.get(self.card.display_brand or self.card.brand, "Card")
        return f"{name} •••• {self.card.last4}"

    @strawberry.field
    def is_expired(self) -> bool:
        now = datetime.now(UTC)
        return self.card is not None and (self.card.exp_year, self.card.exp_month) < (now.year, now.month)

    @strawberry.field
    async def is_default(self) -> bool:
        if self.owner is None:
            return False
        default = (await self.owner.load())["invoice_settings"]["default_payment_method"]
        return default is not None and default["id"] == self.id

    @classmethod
    def of(cls, json: dict[str, Any], stripe: Stripe, owner: Customer | None = None) -> PaymentMethod:
        if owner is None and json["customer"]:
            owner = Customer(id=json["customer"], stripe=stripe)
        return cls(
            id=json["id"],
            type=PaymentMethodType(json["type"]),
            allow_redisplay=AllowRedisplay(json["allow_redisplay"]) if json["allow_redisplay"] else None,
            billing_details=BillingDetails.of(json["billing_details"]),
            card=Card.of(json["card"]) if json.get("card") else None,
            created=datetime.fromtimestamp(json["created"], UTC),
            metadata=json["metadata"],
            owner=owner,
        )


@strawberry.type
class PageInfo:
    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@strawberry.type
class PaymentMethodConnection:
    nodes: list[PaymentMethod]
    page_info: PageInfo


@strawberry.type
class Customer:
    """Read when a field needs more than the id, and once."""

    id: strawberry.ID
    stripe: strawberry.Private[Stripe]
    read: strawberry.Private[asyncio.Task[dict[str, Any]] | None] = None

    async def load(self) -> dict[str, Any]:
        if self.read is None:
            self.read = asyncio.create_task(self.stripe.customer(self.id))
        return await self.read

    @strawberry.field
    async def name(self) -> str | None:
        return (await self.load()).get("name")

    @strawberry.field
    async def email(self) -> str | None:
        return (await self.load()).get("email")

    @strawberry.field
    async def default_payment_method(self) -> PaymentMethod | None:
        found = (await self.load())["invoice_settings"]["default_payment_method"]
        return PaymentMethod.of(found, self.stripe, self) if found else None

    @strawberry.field
    async def payment_methods(self, first: int | None = None) -> PaymentMethodConnection:
        page = await self.stripe.payment_methods(self.id, first or 10)
        nodes = [PaymentMethod.of(json, self.stripe, self) for json in page["data"]]
        info = PageInfo(
            has_next_page=page["has_more"],
            has_previous_page=False,
            start_cursor=nodes[0].id if nodes else None,
            end_cursor=nodes[-1].id if nodes else None,
        )
        return PaymentMethodConnection(nodes=nodes, page_info=info)


class Stripe:
    """Stripe's REST API over one shared client."""

    def __init__(self) -> None:
        self._http = httpx.AsyncClient(
            base_url=os.environ["STRIPE_API_BASE"],
            headers={
                "Authorization": f"Bearer {os.environ['STRIPE_SECRET_KEY']}",
                "Stripe-Version": os.environ["STRIPE_API_VERSION"],
            },
            timeout=60,
        )

    async def customer(self, id: str) -> dict[str, Any]:
        params = {"expand[]": "invoice_settings.default_payment_method"}
        return self._json(await self._http.get(f"/v1/customers/{id}", params=params))

    async def payment_methods(self, id: str, limit: int) -> dict[str, Any]:
        return self._json(await self._http.get(f"/v1/customers/{id}/payment_methods", params={"limit": limit}))

    async def attach(self, id: str, customer: str) -> dict[str, Any]:
        url, headers = f"/v1/payment_methods/{id}/attach", {"Idempotency-Key": str(uuid.uuid4())}
        return self._json(await self._http.post(url, data={"customer": customer}, headers=headers))

    def _json(self, response: httpx.Response) -> dict[str, Any]:
        response.raise_for_status()
        body: dict[str, Any] = response.json()
        return body


@strawberry.type
class UserError:
    message: str
    code: str


@strawberry.type
class AttachPaymentMethodPayload:
    payment_method: PaymentMethod | None
    errors: list[UserError]


@strawberry.input
class AttachPaymentMethodInput:
    payment_method_id: strawberry.ID
    customer_id: strawberry.ID | None = None


Info = strawberry.Info[dict[str, Any], None]


@strawberry.type
class Query:
    @strawberry.field
    def customer(self, info: Info, id: strawberry.ID) -> Customer | None:
        return Customer(id=id, stripe=info.context["stripe"])


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def attach_payment_method(
        self, info: Info, input: AttachPaymentMethodInput
    ) -> AttachPaymentMethodPayload | None:
        stripe: Stripe = info.context["stripe"]
        try:
            json = await stripe.attach(input.payment_method_id, input.customer_id or "")
        except httpx.HTTPStatusError as error:
            failure = UserError(message="Stripe refused", code=str(error.response.status_code))
            return AttachPaymentMethodPayload(payment_method=None, errors=[failure])
        return AttachPaymentMethodPayload(payment_method=PaymentMethod.of(json, stripe), errors=[])


def _verify(authorization: str | None) -> None:
    if SECRET is None:
        return
    try:
        _, _, token = (authorization or "").partition(" ")
        claims = jwt.decode(token, SECRET, algorithms=["HS256"], issuer="attache", audience="attache")
    except jwt.PyJWTError:
        raise HTTPException(401, "The token is not accepted.") from None
    if "attache:service" not in claims.get("scope", "").split():
        raise HTTPException(401, "The token is not accepted.")


class App(GraphQL[dict[str, Any], None]):
    """Strawberry's app, with one client of Stripe's in the context."""

    stripe: Stripe | None = None

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> dict[str, Any]:
        _verify(request.headers.get("authorization"))
        self.stripe = self.stripe or Stripe()
        return {"stripe": self.stripe}


def _write_instant(value: datetime) -> str:
    return value.strftime("%Y-%m-%dT%H:%M:%SZ")


SCALARS: Any = {datetime: strawberry.scalar(name="DateTime", serialize=_write_instant)}
schema = strawberry.Schema(query=Query, mutation=Mutation, config=StrawberryConfig(scalar_map=SCALARS))
app = App(schema)
