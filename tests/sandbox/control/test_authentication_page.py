"""3-D Secure: the cards that require it, and the bank's page."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from sandbox import create_sandbox
from sandbox.cards.test_card_lookup import TEST_CARDS
from tests.sandbox.driver import Api, http_client

INTENTS = "/v1/setup_intents"
JENNY = "cus_NbZ8Ki3f322LNn"
ASKS = {"already_set_up", "always_required", "required", "required_then_declined", "required_unless_set_up"}
CARD = "pm_card_authenticationRequired"
# Without redirects, so that no return_url is needed.
STAYING = {
    "customer": JENNY,
    "confirm": True,
    "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
}


async def waiting(api, card: str = CARD, **params):
    """Returns an intent that waits for its payer, and the address to send them to."""
    body = await api.done("POST", INTENTS, {**STAYING, "payment_method": card, **params})
    assert body["status"] == "requires_action"
    assert body["next_action"]["type"] == "redirect_to_url"
    return body, body["next_action"]["redirect_to_url"]["url"]


@pytest.mark.parametrize("token", [name for name, card in TEST_CARDS.items() if card.group == "3ds"])
async def test_cards_that_require_it(api, token):
    reply = await api.post(INTENTS, {**STAYING, "payment_method": token})
    if token == "pm_card_threeDSecureRequiredProcessingError":
        assert (reply.status, reply.error["code"]) == (402, "card_declined")
    else:
        asks = TEST_CARDS[token].three_d_secure in ASKS
        assert reply.body["status"] == ("requires_action" if asks else "succeeded")


async def test_intent_may_request_it(api):
    options = {"card": {"request_three_d_secure": "any"}}
    await waiting(api, "pm_card_threeDSecureOptional", payment_method_options=options)
    params = {**STAYING, "payment_method": "pm_card_visa", "payment_method_options": options}
    assert (await api.done("POST", INTENTS, params))["status"] == "succeeded"


async def test_page_is_plain_and_locked_down(api, http):
    _, url = await waiting(api)
    assert url.startswith("http://stripe.test/_sandbox/3ds/setatt_1")
    page = await http.get(url)
    assert re.findall(r"<button[^>]*>([^<]*)</button>", page.text) == [
        "Complete authentication",
        "Fail authentication",
    ]
    assert "<script" not in page.text
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert policy.count("form-action 'self';") == 1


async def test_success(api, http, sandbox):
    body, url = await waiting(api)
    done = await http.post(url, data={"outcome": "complete"})
    assert done.status_code == 200
    after = await api.done("GET", f"{INTENTS}/{body['id']}", {"expand": ["payment_method", "latest_attempt"]})
    assert (after["status"], after["next_action"]) == ("succeeded", None)
    assert after["payment_method"]["customer"] == JENNY
    assert after["latest_attempt"]["payment_method_details"]["card"]["three_d_secure"]["result"] == "authenticated"
    assert sandbox.ledger.operations()[-3:] == [
        "setup_intent.requires_action",
        "payment_method.attached",
        "setup_intent.succeeded",
    ]


@pytest.mark.parametrize("form", [{"outcome": "fail"}, {"outcome": "nonsense"}, {}])
async def test_failure(api, http, sandbox, form):
    body, url = await waiting(api)
    await http.post(url, data=form)
    after = await api.done("GET", f"{INTENTS}/{body['id']}")
    assert (after["status"], after["payment_method"]) == ("requires_payment_method", None)
    assert after["last_setup_error"]["code"] == "setup_intent_authentication_failure"
    assert after["last_setup_error"]["payment_method"]["id"] == body["payment_method"]
    assert sandbox.ledger.operations()[-1] == "setup_intent.setup_failed"
    pm = await api.done("GET", f"/v1/payment_methods/{body['payment_method']}")
    assert pm["customer"] is None


@pytest.mark.parametrize(
    ("card", "reason"),
    [
        ("pm_card_authenticationRequiredChargeDeclinedInsufficientFunds", "insufficient_funds"),
        ("pm_card_threeDSecureRequiredChargeDeclined", "generic_decline"),
    ],
)
async def test_decline_after_authentication(api, http, card, reason):
    body, url = await waiting(api, card, return_url="https://shop.example/done")
    back = await http.post(url, data={"outcome": "complete"})
    assert "redirect_status=failed" in back.headers["location"]
    after = await api.done("GET", f"{INTENTS}/{body['id']}")
    assert (after["status"], after["last_setup_error"]["decline_code"]) == ("requires_payment_method", reason)


@pytest.mark.parametrize(
    ("return_url", "forms"),
    [
        ("https://shop.example/done?cart=7#top", "https://shop.example"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("myapp://stripe-redirect", "myapp:"),
    ],
)
@pytest.mark.parametrize("outcome", ["complete", "fail"])
async def test_redirect_to_the_return_url(api, http, return_url, forms, outcome):
    body, url = await waiting(api, return_url=return_url)
    assert body["next_action"]["redirect_to_url"]["return_url"] == return_url
    policy = (await http.get(url)).headers["content-security-policy"]
    assert f"form-action 'self' {forms};" in policy
    back = await http.post(url, data={"outcome": outcome})
    assert back.status_code == 303
    given, target = urlsplit(return_url), urlsplit(back.headers["location"])
    assert (target.scheme, target.netloc, target.fragment) == (given.scheme, given.netloc, given.fragment)
    query = {name: values[0] for name, values in parse_qs(target.query).items()}
    assert query == {
        **{name: values[0] for name, values in parse_qs(given.query).items()},
        "redirect_status": "succeeded" if outcome == "complete" else "failed",
        "setup_intent": body["id"],
        "setup_intent_client_secret": body["client_secret"],
    }


async def test_page_works_once(api, http):
    _, url = await waiting(api)
    assert (await http.post(url, data={"outcome": "complete"})).status_code == 200
    assert (await http.get(url)).status_code == 410
    assert (await http.post(url, data={"outcome": "fail"})).status_code == 410


async def test_page_of_an_earlier_attempt_has_ended(api, http):
    body, url = await waiting(api)
    again = await api.done("POST", f"{INTENTS}/{body['id']}/confirm")
    assert again["next_action"]["redirect_to_url"]["url"] != url
    assert (await http.post(url, data={"outcome": "complete"})).status_code == 410


async def test_page_of_a_canceled_intent_has_ended(api, http):
    body, url = await waiting(api)
    await api.done("POST", f"{INTENTS}/{body['id']}/cancel")
    assert (await http.get(url)).status_code == 410


async def test_unknown_page(http):
    assert (await http.get("/_sandbox/3ds/setatt_x")).status_code == 404


async def test_page_of_another_site_cannot_submit(api, http):
    body, url = await waiting(api)
    response = await http.post(url, data={"outcome": "complete"}, headers={"origin": "https://evil.example"})
    assert response.status_code == 403
    assert (await api.done("GET", f"{INTENTS}/{body['id']}"))["status"] == "requires_action"


async def test_method_taken_by_another_customer_meanwhile(api, http):
    body, url = await waiting(api, return_url="https://shop.example")
    pm = body["payment_method"]
    await api.done("POST", f"/v1/payment_methods/{pm}/attach", {"customer": "cus_TT6bMT4UamxeFj"})
    assert "redirect_status=failed" in (await http.post(url, data={"outcome": "complete"})).headers["location"]
    after = await api.done("GET", f"{INTENTS}/{body['id']}")
    assert after["status"] == "requires_payment_method"
    assert "already been attached" in after["last_setup_error"]["message"]


async def test_links_use_the_public_url():
    sandbox = create_sandbox(public_url="https://demo.example/")
    async with http_client(sandbox, "http://inside") as http:
        _, url = await waiting(Api(http))
    assert url.startswith("https://demo.example/_sandbox/3ds/setatt_1")


async def test_attempt_that_ends_while_the_body_arrives(api, http, sandbox):
    _, url = await waiting(api)

    async def slow_body():
        yield b"outcome="
        assert (await http.post(url, data={"outcome": "complete"})).status_code == 200
        yield b"fail"

    assert (await http.post(url, content=slow_body())).status_code == 410
    assert sandbox.ledger.operations().count("setup_intent.setup_failed") == 0
