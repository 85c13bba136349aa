"""The smallest real change of each kind in README.md's table.

Stripe will never have these features, so they can't collide with the project's own.
"""

from __future__ import annotations

from quality.dry_run.change import Change, Insertion

FIELD = Change(
    row="add a card field",
    name="art",
    release='import stripe\nstripe.PaymentMethod.Card.__annotations__["art"] = str | None\n',
    insertions=(
        Insertion(
            "schema/payment_methods/card.py",
            "    brand: CardBrand = member",
            '    art: str | None = member("The picture on the card. Null if not known.")\n',
        ),
        Insertion(
            "sandbox/fixtures/payment_methods.json", '        "last4": "1001",\n', '        "art": "lighthouse",\n'
        ),
    ),
    proof="""
from quality.harness.wallets import AMARAS_DEFAULT, JENNYS_CARD


async def test_it_is_read_from_stripe(api):
    query = "query($id: ID!) { paymentMethod(id: $id) { card { art } } }"
    assert (await api.data(query, id=AMARAS_DEFAULT))["paymentMethod"] == {"card": {"art": "lighthouse"}}
    assert (await api.data(query, id=JENNYS_CARD))["paymentMethod"] == {"card": {"art": None}}
""",
    tests=(
        "tests/schema/test_descriptions.py",
        "tests/schema/test_openapi.py",
        "tests/sandbox/test_seed.py",
        "tests/sandbox/test_shapes.py",
    ),
)

_MUTATION = '''"""hidePaymentMethod: does not show a payment method again at a later checkout."""

from __future__ import annotations

import strawberry

from resolvers.reads.lookahead import PaymentMethodSelection
from resolvers.reads.selection import Below, Selection
from resolvers.writes import shared_fields
from resolvers.writes.write import Write, mutation
from schema.errors import NotAttachedError, UserError
from schema.payment_methods.payment_method import PaymentMethod


@strawberry.input(description="The payment method to hide.")
class HidePaymentMethodInput:
    payment_method_id: strawberry.ID = shared_fields.required("Id of the payment method, pm_…")
    idempotency_key: str | None = shared_fields.idempotency_key()


@strawberry.type(description="The result of hiding a payment method.")
class HidePaymentMethodPayload:
    payment_method: PaymentMethod | None = shared_fields.result("The payment method after the change.")
    errors: list[UserError] = shared_fields.errors()


class _Selection(Selection, of=HidePaymentMethodPayload):
    payment_method = Below(lambda: PaymentMethodSelection)


@mutation(
    "Hides a payment method: POST /v1/payment_methods/:id with allow_redisplay.",
    errors=(NotAttachedError,),
)
async def hide(write: Write, input: HidePaymentMethodInput) -> HidePaymentMethodPayload:
    context = write.context
    await context.access.prove_payment_method(input.payment_method_id)
    json = await write.send(
        "hide",
        context.stripe.payment_methods.update,
        input.payment_method_id,
        {"allow_redisplay": "limited"},
        expand=write.expand(write.selection(_Selection).payment_method),
    )
    return HidePaymentMethodPayload(payment_method=PaymentMethod(json))
'''
_MUTATION_TEST = '''from quality.harness.wallets import AMARAS_DEFAULT

HIDE = """mutation($id: ID!) {
  hidePaymentMethod(input: {paymentMethodId: $id}) { paymentMethod { allowRedisplay } errors { code } } }"""


async def test_it_is_hidden_in_one_call(api, stripe):
    payload = (await api.data(HIDE, id=AMARAS_DEFAULT))["hidePaymentMethod"]
    assert payload == {"paymentMethod": {"allowRedisplay": "LIMITED"}, "errors": []}
    assert stripe.calls == ["POST /v1/payment_methods/:pm"]
'''
MUTATION = Change(
    row="add a mutation",
    name="hide_payment_method",
    new_files={
        "resolvers/mutations/hide_payment_method.py": _MUTATION,
        "tests/resolvers/mutations/test_hide_payment_method.py": _MUTATION_TEST,
    },
    insertions=(
        Insertion(
            "resolvers/mutation.py",
            "from resolvers.mutations.set_default_payment_method",
            "from resolvers.mutations.hide_payment_method import hide\n",
        ),
        Insertion("resolvers/mutation.py", "    update_payment_method = update\n", "    hide_payment_method = hide\n"),
        Insertion(
            "tests/service/test_ownership.py",
            '    "setDefaultPaymentMethod": (\n        "method",\n',
            """    "hidePaymentMethod": (
        "method",
        "hidePaymentMethod(input: {paymentMethodId: $id}) { paymentMethod { id } %s }",
        REFUSED,
        {**only("own", "other's", "deleted customer's", otherwise="NOT_ATTACHED"), "missing": "NOT_FOUND"},
    ),
""",
        ),
        Insertion(
            "tests/service/test_ownership.py",
            '    ("setDefaultPaymentMethod", "paymentMethodId"):',
            '    ("hidePaymentMethod", "paymentMethodId"): ("method", [""]),\n',
        ),
        Insertion(
            "tests/service/test_ownership.py",
            """    "setDefaultPaymentMethod": f'""",
            """    "hidePaymentMethod": f'paymentMethodId: "{OWN_CARD}"',\n""",
        ),
        Insertion(
            "tests/resolvers/mutations/test_declared_errors.py",
            '    "setDefaultPaymentMethod": {\n        "NotFoundError"',
            """    "hidePaymentMethod": {
        "NotFoundError": Case(paymentMethodId="pm_none"),
        "IdempotencyConflictError": Case(
            request("hidePaymentMethod", paymentMethodId=MATEOS_CARD, **KEY), paymentMethodId=JENNYS_CARD, **KEY
        ),
        "NotAttachedError": Case(paymentMethodId=UNATTACHED_CARD),
    },
""",
        ),
        Insertion(
            "tests/resolvers/writes/test_write.py",
            '    "setDefaultPaymentMethod": (\n        "__typename",',
            '    "hidePaymentMethod": ("__typename", f"paymentMethod {METHOD}"),\n',
        ),
        Insertion(
            "tests/resolvers/writes/test_write.py",
            '    "set the default": (',
            '    "hide": ("hidePaymentMethod", {"paymentMethodId": AMARAS_DEFAULT}),\n',
        ),
        Insertion(
            "tests/resolvers/writes/test_input_checks.py",
            '    "setDefaultPaymentMethod.paymentMethodId": Row(',
            '    "hidePaymentMethod.idempotencyKey": same(TO_UPDATE, Sent(UPDATE), Refused("idempotencyKey")),\n',
        ),
    ),
    proof="""
from app import schema


def test_it_is_in_the_schema():
    assert "hidePaymentMethod(" in schema.as_str()
""",
    tests=(
        "tests/resolvers/mutations/test_declared_errors.py",
        "tests/resolvers/mutations/test_hide_payment_method.py",
        "tests/resolvers/writes/test_input_checks.py",
        "tests/resolvers/writes/test_write.py",
        "tests/schema/test_descriptions.py",
        "tests/service/test_ownership.py",
        "-k=hid or every",
    ),
)

ERROR = Change(
    row="add an error",
    name="lost_in_the_mail",
    insertions=(
        Insertion(
            "schema/errors.py",
            '    INVALID_STATE = enum_value(\n        "INVALID_STATE"',
            '    LOST_IN_THE_MAIL = enum_value("LOST_IN_THE_MAIL", "The card never arrived.")\n',
        ),
        Insertion(
            "schema/errors.py",
            '@strawberry.type(description="The idempotency key was already used',
            """@strawberry.type(description="The card never arrived at the cardholder's address.")
class LostInTheMailError(UserError):
    error_code = UserErrorCode.LOST_IN_THE_MAIL
    default_message = "This card never arrived. Ask its issuer for a new one."


""",
        ),
        Insertion("resolvers/errors/stripe_refusals.py", "    NotAttachedError,\n", "    LostInTheMailError,\n"),
        Insertion(
            "resolvers/errors/stripe_refusals.py",
            '    "not_attached": _Conversion(',
            '    "lost_in_the_mail": _Conversion(LostInTheMailError, field="paymentMethodId"),\n',
        ),
        Insertion(
            "resolvers/mutations/attach_payment_method.py", "    NotReusableError,\n", "    LostInTheMailError,\n"
        ),
        Insertion(
            "resolvers/mutations/attach_payment_method.py",
            "        NotReusableError,\n        NotSaveableError,",
            "        LostInTheMailError,\n",
        ),
    ),
    proof='''
import httpx

from serving.settings.settings import Settings
from quality.harness import builders
from quality.harness.clients import Api, Recorder

ATTACH = """mutation {
  attachPaymentMethod(input: {paymentMethodId: "pm_1", customerId: "cus_1"}) {
    errors { __typename code message path } } }"""


async def test_it_is_returned():
    refusal = httpx.Response(400, json=builders.error(code="lost_in_the_mail"))
    async with Api(Settings(), Recorder(httpx.MockTransport(lambda request: refusal))) as api:
        (error,) = (await api.data(ATTACH))["attachPaymentMethod"]["errors"]
    assert error == {
        "__typename": "LostInTheMailError",
        "code": "LOST_IN_THE_MAIL",
        "message": "This card never arrived. Ask its issuer for a new one.",
        "path": ["input", "paymentMethodId"],
    }
''',
    tests=(
        "tests/schema/test_descriptions.py",
        "tests/schema/test_errors.py",
    ),
)

SETTING = Change(
    row="add a setting",
    name="postcard_address",
    insertions=(
        Insertion(
            "serving/settings/groups/limits.py",
            "    max_batch: int = setting(",
            """    postcard_address: str | None = setting(
        None, "Where postcards are sent.", pattern="^[a-z]+@home$", examples=["jenny@home"]
    )
""",
        ),
    ),
    proof="""
from pathlib import Path

import pytest

from serving.settings.errors import SettingsError
from serving.settings.settings import load


def test_it_is_read_explained_and_documented(monkeypatch):
    monkeypatch.setenv("POSTCARD_ADDRESS", "amara@home")
    assert load().postcard_address == "amara@home"
    monkeypatch.setenv("POSTCARD_ADDRESS", "nowhere")
    with pytest.raises(SettingsError, match="^POSTCARD_ADDRESS: write it like jenny@home$"):
        load()
    assert "| `POSTCARD_ADDRESS` |  | Where postcards are sent. |" in Path("docs/settings.md").read_text()
""",
    tests=("tests/serving/settings/test_settings.py", "-k=not whitespace"),
)

ENDPOINT = Change(
    row="add an endpoint",
    name="loyalty_card",
    insertions=(
        Insertion(
            "stripe_api/endpoints/customers.py",
            "    def read_via_update(",
            '''    def loyalty_card(self, id: str) -> Sending:
        """GET /v1/customers/{id}/loyalty_card. Raises InvalidRequestError, status 404, if there is no such customer."""
        return self._get(f"{_ONE}/loyalty_card", {"customer": id}, {})

''',
        ),
        Insertion("sandbox/parameters/customers/customers.py", "UPDATE = ", "LOYALTY_CARD = endpoint_parameters()\n"),
        Insertion(
            "sandbox/endpoints/customers/customers.py",
            "def delete(",
            '''def loyalty_card(store: Store, request: ApiRequest) -> Json:
    """GET /v1/customers/{customer}/loyalty_card. Returns the customer's loyalty card, which has no stamps."""
    customer = customer_in_path(store, request.ids["customer"])
    return {"object": "loyalty_card", "customer": customer.id, "stamps": 0}


''',
        ),
        Insertion(
            "sandbox/endpoints/routes.py",
            '    Endpoint("DELETE", _CUSTOMER,',
            '    Endpoint("GET", f"{_CUSTOMER}/loyalty_card", customers.loyalty_card, customer_params.LOYALTY_CARD,'
            ' "loyalty_card"),\n',
        ),
    ),
    proof="""
import pytest

from stripe_api import InvalidRequestError, StripeClient
from quality.harness.wallets import JENNY


async def test_the_client_gets_it_from_the_sandbox(stripe):
    client = StripeClient(stripe, api_key="sk_test_x", base_url="http://stripe", api_version="2026-10-28.endive")
    session = client.session()
    assert dict(await session.customers.loyalty_card(JENNY)) == {
        "object": "loyalty_card", "customer": JENNY, "stamps": 0
    }
    with pytest.raises(InvalidRequestError, match="resource_missing"):
        await session.customers.loyalty_card("cus_none")
""",
    tests=("tests/sandbox/endpoints/customers/test_customers.py", "tests/stripe_api/test_ids.py"),
)

TYPE = Change(
    row="add a payment-method type",
    name="carrier_pigeon",
    release="""import typing

import stripe


class CarrierPigeon(stripe.StripeObject):
    ring: str | None


stripe.CarrierPigeon = CarrierPigeon
_members = stripe.PaymentMethod.__annotations__
_members["carrier_pigeon"] = CarrierPigeon | None
_members["type"] = _members["type"] | typing.Literal["carrier_pigeon"]
""",
    insertions=(
        Insertion(
            "schema/payment_methods/payment_method_type.py",
            '    PaymentMethodKind("cashapp",',
            """    PaymentMethodKind(
        "carrier_pigeon", "Carrier pigeon", "A pigeon that carries money.", details.CarrierPigeon, label_member="ring"
    ),
""",
        ),
        Insertion(
            "schema/payment_methods/details.py",
            '@stripe_type("A Cash App',
            """@stripe_type("A pigeon that carries money.")
class CarrierPigeon(View):
    ring: str | None = member("Number on the pigeon's ring.")


""",
        ),
        Insertion(
            "sandbox/parameters/payment_methods/payment_method_types.py",
            '    "cashapp": MethodType(',
            '    "carrier_pigeon": _required("ring", _copied("ring")),\n',
        ),
    ),
    proof='''
import httpx


async def test_it_has_its_details_and_its_label(api, stripe):
    async with httpx.AsyncClient(transport=stripe, base_url="http://stripe", auth=("sk_test_x", "")) as rest:
        form = {"type": "carrier_pigeon", "carrier_pigeon[ring]": "GB-7"}
        id = (await rest.post("/v1/payment_methods", data=form)).json()["id"]
    query = """query($id: ID!) {
      paymentMethod(id: $id) { type displayLabel details { ... on CarrierPigeon { ring } } } }"""
    assert (await api.data(query, id=id))["paymentMethod"] == {
        "type": "CARRIER_PIGEON", "displayLabel": "Carrier pigeon GB-7", "details": {"ring": "GB-7"}
    }
''',
    tests=(
        "tests/sandbox/endpoints/payment_methods/test_payment_methods.py",
        "tests/schema/test_descriptions.py",
        "tests/schema/payment_methods/test_display_label.py",
        "tests/schema/test_openapi.py",
    ),
)

EVENT = Change(
    row="handle another type of event",
    name="card_reissued",
    insertions=(
        Insertion(
            "changes/events/event.py",
            '    "setup_intent.succeeded": ',
            '    "customer.card_reissued": ChangeKind.PAYMENT_METHOD_UPDATED,\n',
        ),
        Insertion(
            "tests/changes/events/test_event.py",
            '        ("customer.updated", {"object": CUSTOMER_OBJECT}, ',
            '        ("customer.card_reissued", {}, ChangeKind.PAYMENT_METHOD_UPDATED, "pm_1"),\n',
        ),
        Insertion("docs/live-wallets.md", "    payment_method.attached ", "    customer.card_reissued\n"),
    ),
    proof="""
from changes.change import ChangeKind
from changes.events.event import KINDS


def test_sweeps_ask_for_it():
    assert KINDS["customer.card_reissued"] is ChangeKind.PAYMENT_METHOD_UPDATED
""",
    tests=("tests/changes/events/test_event.py",),
)

CHANGES = (FIELD, MUTATION, ERROR, SETTING, ENDPOINT, TYPE, EVENT)
