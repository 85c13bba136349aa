"""Mandates: what a caller may say of the customer's agreement, and what is sent to Stripe."""

import pytest

from quality.harness.clients import Api
from quality.harness.tokens import bearer
from serving.settings.settings import Settings
from tests.resolvers.mutations.setup_stripe import INTENT, SetupStripe
from tests.support.served import serving

CONFIRM = """mutation($input: ConfirmSetupIntentInput!) { confirmSetupIntent(input: $input) {
  setupIntent { status } errors { code path } } }"""
CREATE = """mutation($input: CreateSetupIntentInput!) { createSetupIntent(input: $input) {
  setupIntent { status } errors { code path } } }"""
RETURN_URL = "https://shop.example"
ONLINE = {"online": {"ipAddress": "203.0.113.7", "userAgent": "Firefox"}}
OFFLINE = {"offline": {"acceptedAt": "2023-03-27T19:46:42Z"}}
FORM = "mandate_data[customer_acceptance]"


@pytest.fixture
def upstream():
    return SetupStripe()


@pytest.fixture
def sent(upstream):
    """The response, and the mandate that Stripe received."""

    async def sent(document, input, customer=None, headers=(), **settings):
        known = Settings(**settings)
        headers = {**(bearer(known, customer=customer) if customer else {}), **dict(headers)}
        async with Api(known, upstream.recorder) as api:
            response = await api.http.post("/graphql", json={"query": document, "variables": input}, headers=headers)
        form = upstream.recorder.form() if upstream.recorder.requests else {}
        return response.json(), {name: value for name, value in form.items() if name.startswith("mandate")}

    return sent


def to_confirm(mandate):
    return {"input": {"setupIntentId": INTENT, "returnUrl": RETURN_URL, "mandate": mandate}}


def to_create(mandate):
    return {"input": {"paymentMethodId": "pm_1", "confirm": True, "mandate": mandate}}


@pytest.mark.parametrize(("document", "input"), [(CONFIRM, to_confirm), (CREATE, to_create)], ids=["confirm", "create"])
class TestOfAService:
    async def test_online(self, sent, document, input):
        answer, form = await sent(document, input(ONLINE))
        assert answer["data"].popitem()[1] == {"setupIntent": {"status": "SUCCEEDED"}, "errors": []}
        assert form == {
            f"{FORM}[type]": "online",
            f"{FORM}[online][ip_address]": "203.0.113.7",
            f"{FORM}[online][user_agent]": "Firefox",
        }

    async def test_offline(self, sent, document, input):
        _, form = await sent(document, input(OFFLINE))
        assert form == {f"{FORM}[type]": "offline", f"{FORM}[accepted_at]": "1679946402"}

    async def test_none(self, sent, document, input):
        answer, form = await sent(document, input(None))
        assert answer["data"].popitem()[1]["errors"] == []
        assert form == {}

    @pytest.mark.parametrize("mandate", [{}, {**ONLINE, **OFFLINE}, {"online": None}])
    async def test_it_is_exactly_one(self, sent, upstream, document, input, mandate):
        answer, _ = await sent(document, input(mandate))
        assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
        assert upstream.recorder.calls == []

    @pytest.mark.parametrize(
        ("online", "path"),
        [
            ({"ipAddress": "localhost", "userAgent": "Firefox"}, "ipAddress"),
            ({"ipAddress": "", "userAgent": "Firefox"}, "ipAddress"),
            ({"ipAddress": "2001:db8::7", "userAgent": ""}, "userAgent"),
            ({"ipAddress": "2001:db8::7", "userAgent": "x" * 5001}, "userAgent"),
        ],
    )
    async def test_what_is_no_device_is_not_sent(self, sent, upstream, document, input, online, path):
        answer, _ = await sent(document, input({"online": online}))
        (error,) = answer["data"].popitem()[1]["errors"]
        assert error == {"code": "INVALID_INPUT", "path": ["input", "mandate", "online", path]}
        assert upstream.recorder.calls == []


async def test_without_confirm_there_is_none(sent, upstream):
    answer, _ = await sent(CREATE, {"input": {"paymentMethodId": "pm_1", "mandate": ONLINE}})
    (error,) = answer["data"]["createSetupIntent"]["errors"]
    assert error == {"code": "INVALID_INPUT", "path": ["input", "mandate"]}
    assert upstream.recorder.calls == []


@pytest.mark.parametrize(
    ("param", "path"),
    [
        ("mandate_data", ["mandate"]),
        ("mandate_data[customer_acceptance][accepted_at]", ["mandate", "offline", "acceptedAt"]),
        ("mandate_data[customer_acceptance][online][ip_address]", ["mandate", "online", "ipAddress"]),
        ("mandate_data[customer_acceptance][online][user_agent]", ["mandate", "online", "userAgent"]),
    ],
)
async def test_what_stripe_refuses_is_named(sent, upstream, param, path):
    upstream.refuse(param=param)
    answer, _ = await sent(CONFIRM, to_confirm(ONLINE))
    assert answer["data"]["confirmSetupIntent"]["errors"] == [{"code": "INVALID_INPUT", "path": ["input", *path]}]


@pytest.mark.parametrize(("document", "input"), [(CONFIRM, to_confirm), (CREATE, to_create)], ids=["confirm", "create"])
class TestOfACustomer:
    """The statements of a customer's device about itself are no evidence."""

    @pytest.mark.parametrize("mandate", [ONLINE, OFFLINE])
    async def test_it_is_forbidden_by_default(self, sent, upstream, document, input, mandate):
        answer, _ = await sent(document, input(mandate), customer="cus_1")
        assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
        assert upstream.recorder.calls == []

    async def test_offline_is_always_forbidden(self, sent, upstream, document, input):
        answer, _ = await sent(document, input(OFFLINE), customer="cus_1", customer_mandates=True)
        assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
        assert upstream.recorder.calls == []

    async def test_it_names_the_device_that_sent_the_request(self, sent, document, input):
        headers = {"User-Agent": "Safari", "X-Forwarded-For": "198.51.100.9"}
        _, form = await sent(document, input(ONLINE), customer="cus_1", headers=headers, customer_mandates=True)
        assert form == {
            f"{FORM}[type]": "online",
            f"{FORM}[online][ip_address]": "127.0.0.1",
            f"{FORM}[online][user_agent]": "Safari",
        }

    async def test_behind_a_trusted_proxy_it_is_the_forwarded_address(self, sent, document, input):
        headers = {"User-Agent": "Safari", "X-Forwarded-For": "198.51.100.9"}
        trusted = {"customer_mandates": True, "trusted_proxies": ("127.0.0.1",)}
        _, form = await sent(document, input(ONLINE), customer="cus_1", headers=headers, **trusted)
        assert form[f"{FORM}[online][ip_address]"] == "198.51.100.9"

    async def test_without_a_user_agent_there_is_no_evidence(self, sent, upstream, document, input):
        headers = {"User-Agent": ""}
        answer, _ = await sent(document, input(ONLINE), customer="cus_1", headers=headers, customer_mandates=True)
        (error,) = answer["data"].popitem()[1]["errors"]
        assert error == {"code": "INVALID_INPUT", "path": ["input", "mandate", "online", "userAgent"]}
        assert upstream.recorder.calls == []


@pytest.mark.parametrize("transport", ["WebSocket", "event stream"])
async def test_over_a_stream_it_names_the_device_too(upstream, transport):
    settings = Settings(customer_mandates=True)
    customer = bearer(settings, customer="cus_1")
    async with serving(settings, upstream.recorder) as served:
        if transport == "WebSocket":
            async with served.socket(payload=customer, user_agent_header="Safari") as socket:
                await socket.subscribe(CONFIRM, variables=to_confirm(ONLINE))
                answer = await socket.next()
        else:
            headers = {**customer, "User-Agent": "Safari"}
            async with served.stream(CONFIRM, headers=headers, variables=to_confirm(ONLINE)) as stream:
                answer = await stream.result()
    assert answer["data"]["confirmSetupIntent"]["errors"] == []
    assert upstream.sent[f"{FORM}[online][ip_address]"] == "127.0.0.1"
    assert upstream.sent[f"{FORM}[online][user_agent]"] == "Safari"
