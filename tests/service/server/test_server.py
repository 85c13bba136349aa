"""The service from outside: a process, started by its command, asked over the network."""

from __future__ import annotations

import socket

import httpx
import pytest

from quality.harness.processes import ROOT, completed, ended, running
from quality.harness.wallets import JENNY, JENNYS_CARD, UNATTACHED_CARD
from tests.support.commands import command

KEY = ("sk_test_any", "")
ADDRESS = {"city": None, "country": None, "line1": None, "line2": None, "postal_code": None, "state": None}


def published(id: str, *, created: int, customer: str | None, cvc_check: str) -> dict:
    """The body of Stripe's published examples."""
    return {
        "id": id,
        "object": "payment_method",
        "billing_details": {"address": ADDRESS, "email": None, "name": None, "phone": None},
        "card": {
            "brand": "visa",
            "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": cvc_check},
            "country": "US",
            "exp_month": 8,
            "exp_year": 2026,
            "fingerprint": "mToisGZ01V71BCos",
            "funding": "credit",
            "generated_from": None,
            "last4": "4242",
            "networks": {"available": ["visa"], "preferred": None},
            "three_d_secure_usage": {"supported": True},
            "wallet": None,
        },
        "created": created,
        "customer": customer,
        "livemode": False,
        "metadata": {},
        "type": "card",
    }


ATTACHED = published(UNATTACHED_CARD, created=1679946402, customer=JENNY, cvc_check="pass")
DETACHED = published(JENNYS_CARD, created=1679945299, customer=None, cvc_check="unchecked")


def contains(found, expected) -> bool:
    """Whether `found` has every member and value of `expected`; it may have newer members too."""
    if isinstance(expected, dict):
        return all(name in found and contains(found[name], value) for name, value in expected.items())
    return found == expected


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    with running("server.py", folder=tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture
def server(started):
    """The service, with its sandbox as it was at the start."""
    httpx.post(f"{started.base}/_sandbox/reset").raise_for_status()
    return started


def graphql(base: str, query: str, **variables: object) -> dict:
    response = httpx.post(f"{base}/graphql", json={"query": query, "variables": variables})
    assert response.status_code == 200
    return response.json()


def test_stripe_s_own_examples_run_word_for_word(server):
    response = httpx.post(
        f"{server.base}/v1/payment_methods/{UNATTACHED_CARD}/attach", auth=KEY, data={"customer": JENNY}
    )
    assert contains(response.json(), ATTACHED)
    response = httpx.post(f"{server.base}/v1/payment_methods/{JENNYS_CARD}/detach", auth=KEY)
    assert contains(response.json(), DETACHED)


def test_a_path_of_version_2_is_unknown_in_stripe_s_words(server):
    response = httpx.get(f"{server.base}/v2/core/accounts", auth=KEY)
    assert (response.status_code, response.headers["content-type"]) == (404, "application/json")
    assert response.json()["error"]["type"] == "invalid_request_error"


MAPPED = """
  id type created livemode metadata customer { id }
  billingDetails { name email phone taxId address { line1 line2 city state postalCode country } }
  card {
    brand expMonth expYear last4 funding country fingerprint
    checks { cvcCheck addressLine1Check addressPostalCodeCheck }
    networks { available preferred } threeDSecureUsage { supported } wallet { type } generatedFrom { charge }
  }
"""


def mapped(body: dict) -> dict:
    card = body["card"]
    names = ("line1", "line2", "city", "state", "postalCode", "country")
    return {
        "id": body["id"],
        "type": "CARD",
        "created": {1679946402: "2023-03-27T19:46:42Z", 1679945299: "2023-03-27T19:28:19Z"}[body["created"]],
        "livemode": False,
        "metadata": {},
        "customer": {"id": body["customer"]} if body["customer"] else None,
        "billingDetails": {
            **dict.fromkeys(("name", "email", "phone", "taxId")),
            "address": dict.fromkeys(names),
        },
        "card": {
            "brand": "VISA",
            "expMonth": 8,
            "expYear": 2026,
            "last4": "4242",
            "funding": "CREDIT",
            "country": "US",
            "fingerprint": "mToisGZ01V71BCos",
            "checks": {
                "cvcCheck": card["checks"]["cvc_check"].upper(),
                "addressLine1Check": None,
                "addressPostalCodeCheck": None,
            },
            "networks": {"available": ["VISA"], "preferred": None},
            "threeDSecureUsage": {"supported": True},
            "wallet": None,
            "generatedFrom": None,
        },
    }


def test_the_same_by_graphql_answers_the_mapped_fields(server):
    answer = graphql(
        server.base,
        f"""mutation($input: AttachPaymentMethodInput!) {{
          attachPaymentMethod(input: $input) {{ paymentMethod {{ {MAPPED} }} errors {{ message }} }} }}""",
        input={"paymentMethodId": UNATTACHED_CARD, "customerId": JENNY},
    )
    assert answer == {"data": {"attachPaymentMethod": {"paymentMethod": mapped(ATTACHED), "errors": []}}}
    answer = graphql(
        server.base,
        f"""mutation($input: DetachPaymentMethodInput!) {{
          detachPaymentMethod(input: $input) {{ paymentMethod {{ {MAPPED} }} errors {{ message }} }} }}""",
        input={"paymentMethodId": JENNYS_CARD},
    )
    assert answer == {"data": {"detachPaymentMethod": {"paymentMethod": mapped(DETACHED), "errors": []}}}


def test_what_graphql_changes_rest_shows(server):
    graphql(
        server.base,
        "mutation($id: ID!) { detachPaymentMethod(input: {paymentMethodId: $id}) { errors { code } } }",
        id=JENNYS_CARD,
    )
    response = httpx.get(f"{server.base}/v1/payment_methods/{JENNYS_CARD}", auth=KEY)
    assert response.json()["customer"] is None


def test_a_browser_that_confirms_with_a_publishable_key_fills_the_wallet(server):
    created = graphql(
        server.base,
        "mutation($id: ID) { createSetupIntent(input: {customerId: $id}) { setupIntent { id clientSecret } } }",
        id=JENNY,
    )["data"]["createSetupIntent"]["setupIntent"]
    confirmed = httpx.post(
        f"{server.base}/v1/setup_intents/{created['id']}/confirm",
        auth=("pk_test_any", ""),
        data={"client_secret": created["clientSecret"], "payment_method": "pm_card_authenticationRequired"},
    ).json()
    assert confirmed["status"] == "requires_action"
    page = confirmed["next_action"]["redirect_to_url"]["url"]
    assert page.startswith(server.base)
    assert httpx.post(page, data={"outcome": "complete"}).status_code < 400
    found = graphql(
        server.base,
        """query($id: ID!, $owner: ID!) { setupIntent(id: $id) { status paymentMethod { id } }
          customer(id: $owner) { paymentMethods(first: 100) { nodes { id } } } }""",
        id=created["id"],
        owner=JENNY,
    )["data"]
    assert found["setupIntent"]["status"] == "SUCCEEDED"
    assert found["setupIntent"]["paymentMethod"] in found["customer"]["paymentMethods"]["nodes"]


def test_it_is_alive_and_ready_and_sends_browsers_on(server):
    assert httpx.get(f"{server.base}/healthz").json() == {"status": "ok"}
    assert httpx.get(f"{server.base}/readyz").json() == {"status": "ready"}
    page = httpx.get(server.base, follow_redirects=True, headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")


def test_the_first_lines_say_what_runs_and_where(server):
    lines = server.output().splitlines()
    assert "sandbox" in lines[0]
    assert f"{server.base}/graphql" in lines[1]
    assert f"{server.base}/v1" in lines[1]


def test_it_ends_cleanly_when_asked(tmp_path):
    with running("server.py", folder=tmp_path) as server:
        graphql(server.base, "{ viewer { kind } }")
        assert server.stop() in (0, -15)
        assert "Traceback" not in server.output()


def test_help_names_the_options():
    done = ended("--help")
    assert done.returncode == 0
    for option in ("--host", "--port", "--workers", "schema"):
        assert option in done.stdout


@pytest.mark.parametrize(
    ("arguments", "committed"),
    [
        ((), "schema.graphql"),
        (("--format", "sdl"), "schema.graphql"),
        (("--format", "introspection"), "clients/introspection.json"),
        (("--format", "possible-types"), "clients/possible-types.json"),
    ],
)
def test_schema_prints_what_is_committed(arguments, committed):
    assert command("schema", *arguments).stdout == (ROOT / committed).read_text()


@pytest.mark.parametrize(
    ("arguments", "variables", "named"),
    [
        ((), {"STRIPE_SECRET_KEY": "sk_live_verysecret"}, "AUTH_ISSUER"),
        ((), {"STRIPE_SECRET_KEY": "sk_test_verysecret"}, "AUTH_ISSUER"),
        ((), {"STRIPE_SECRET_KEY": "pk_test_verysecret"}, "STRIPE_SECRET_KEY"),
        ((), {"PORT": "nonsense"}, "PORT"),
        (("--port", "0"), {}, "PORT"),
        (("--workers", "2"), {}, "--workers"),
        (("--workers", "0"), {}, "--workers"),
        (("--port", "1"), {"STRIPE_SECRET_KEY": " ", "AUTH_ISSUER": "https://issuer.example"}, "STRIPE_SECRET_KEY"),
        ((), {"STRIPE_API_BASE": "nowhere"}, "STRIPE_API_BASE"),
    ],
)
def test_it_refuses_to_start_and_names_the_setting(arguments, variables, named):
    done = command(*arguments, **variables)
    assert done.returncode == 2
    assert named in done.stderr
    assert "verysecret" not in done.stdout + done.stderr


def test_a_refusal_to_start_shows_no_traceback():
    done = ended("--host", "192.0.2.1")
    assert done.returncode == 2
    assert "HOST" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "variables"),
    [
        (("server.py",), {}),
        (("server.py", "--workers", "2"), {"STRIPE_SECRET_KEY": "sk_test_x", "ALLOW_ANONYMOUS": "true"}),
        (("-m", "sandbox"), {}),
    ],
)
def test_a_port_in_use_is_reported_in_one_line(arguments, variables):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        done = completed(*arguments, "--port", port, **variables)
    assert done.returncode != 0
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert f"{port} is in use on 127.0.0.1" in line


def test_workers_know_what_the_command_line_sets(sandbox_server, tmp_path):
    settings = {"STRIPE_SECRET_KEY": "sk_test_x", "STRIPE_API_BASE": sandbox_server.base, "ALLOW_ANONYMOUS": "true"}
    with running("server.py", "--workers", "2", "--host", "0.0.0.0", folder=tmp_path, **settings) as server:
        assert httpx.get(f"{server.base}/healthz", headers={"Host": "wallet.example"}).status_code == 200


@pytest.fixture
def sandbox_server(tmp_path):
    with running("-m", "sandbox", folder=tmp_path, ready="/v1/customers") as sandbox:
        yield sandbox


@pytest.mark.parametrize("workers", ["1", "2"])
def test_it_serves_over_a_sandbox_of_its_own_with_a_test_key(sandbox_server, tmp_path, workers):
    settings = {
        "STRIPE_SECRET_KEY": "sk_test_other",
        "STRIPE_API_BASE": sandbox_server.base,
        "ALLOW_ANONYMOUS": "true",
    }
    with running("server.py", "--workers", workers, folder=tmp_path, **settings) as server:
        for _ in range(10):
            answer = graphql(server.base, "query($id: ID!) { paymentMethod(id: $id) { displayLabel } }", id=JENNYS_CARD)
            assert answer == {"data": {"paymentMethod": {"displayLabel": "Visa •••• 4242"}}}
        assert httpx.get(f"{server.base}/v1/customers", auth=KEY).status_code == 404
        output = server.output()
        assert server.stop() in (0, -15)
    assert "sk_test_other" not in output
    assert sandbox_server.base in output.splitlines()[0]
