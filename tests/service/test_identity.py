"""Tokens of a real issuer, against the service as a process."""

from __future__ import annotations

import httpx
import jwt
import pytest

from quality.harness.processes import ended, running
from quality.harness.wallets import AMARA, MATEO
from tests.support.commands import command
from tests.support.issuer import AUDIENCE, Issuer

QUERY = {"query": "{ viewer { kind subject customer { id name } } }"}


@pytest.fixture(scope="module")
def issuer():
    issuer = Issuer()
    yield issuer
    issuer.close()


@pytest.fixture(scope="module")
def server(issuer, tmp_path_factory):
    settings = {"SANDBOX": "true", "AUTH_ISSUER": issuer.url, "AUTH_AUDIENCE": AUDIENCE, "ALLOW_ANONYMOUS": "false"}
    with running("server.py", folder=tmp_path_factory.mktemp("logs"), **settings) as server:
        yield server


def ask(server, token=None, client=httpx):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return client.post(f"{server.base}/graphql", json=QUERY, headers=headers)


def test_a_customer_sees_themselves(server, issuer):
    answer = ask(server, issuer.sign(sub="user-7", stripe_customer_id=AMARA)).json()
    customer = {"id": AMARA, "name": "Amara Okafor"}
    assert answer == {"data": {"viewer": {"kind": "CUSTOMER", "subject": "user-7", "customer": customer}}}


def test_missing_and_invalid_tokens_are_401(server):
    for token in (None, "nonsense"):
        response = ask(server, token)
        assert response.status_code == 401
        assert response.headers["www-authenticate"].startswith("Bearer")


def test_garbage_key_ids_fetch_the_keys_a_handful_of_times(server, issuer):
    ask(server, issuer.sign(stripe_customer_id=AMARA))
    before = len(issuer.fetches)
    tokens = [issuer.sign(stripe_customer_id=AMARA, headers={"kid": f"garbage-{n}"}) for n in range(1000)]
    with httpx.Client() as client:
        assert {ask(server, token, client).status_code for token in tokens} == {401}
    assert len(issuer.fetches) - before <= 6


def test_keys_rotate_while_it_runs(tmp_path):
    issuer = Issuer()
    settings = {"SANDBOX": "true", "AUTH_ISSUER": issuer.url, "AUTH_AUDIENCE": AUDIENCE, "ALLOW_ANONYMOUS": "false"}
    with running("server.py", folder=tmp_path, **settings) as server:
        # No token yet, so that the first fetch sees both keys; the pause after a fetch has a test of its own.
        old = issuer.sign(stripe_customer_id=AMARA)
        issuer.rotate("ES256")
        assert ask(server, issuer.sign(stripe_customer_id=MATEO)).json()["data"]["viewer"]["customer"]["id"] == MATEO
        assert ask(server, old).status_code == 200
        output = server.output()
    issuer.close()
    assert old not in output


def test_an_unavailable_issuer_is_reported(tmp_path):
    issuer = Issuer()
    token = issuer.sign(stripe_customer_id=AMARA)
    issuer.broken = True
    settings = {"SANDBOX": "true", "AUTH_ISSUER": issuer.url, "AUTH_AUDIENCE": AUDIENCE, "ALLOW_ANONYMOUS": "false"}
    with running("server.py", folder=tmp_path, **settings) as server:
        response = ask(server, token)
    issuer.close()
    assert response.status_code == 503
    assert response.json()["errors"][0]["extensions"]["code"] == "UPSTREAM_UNAVAILABLE"


class TestDevelopmentTokens:
    """`server.py token` makes one that the sandbox takes, so that ownership can be tried in a minute."""

    def test_a_customer_s(self, tmp_path):
        made = ended("token", "--customer", MATEO)
        assert made.returncode == 0
        with running("server.py", folder=tmp_path) as server:
            answer = ask(server, made.stdout.strip()).json()
        assert answer["data"]["viewer"]["customer"]["id"] == MATEO
        assert answer["data"]["viewer"]["subject"] == "developer"

    def test_a_service_s_with_a_secret_of_one_s_own(self, tmp_path):
        secret = {"SANDBOX": "true", "AUTH_SECRET": "s" * 40, "ALLOW_ANONYMOUS": "false"}
        made = command("token", "--service", "--subject", "billing", **secret)
        with running("server.py", folder=tmp_path, **secret) as server:
            assert ask(server, made.stdout.strip()).json()["data"]["viewer"]["kind"] == "SERVICE"
            assert ask(server, command("token", "--service").stdout.strip()).status_code == 401

    @pytest.mark.parametrize(
        ("arguments", "named"),
        [
            (("--customer", "banana"), "--customer"),
            (("--customer", ""), "--customer"),
            (("--customer", "cus_1\n"), "--customer"),
            (("--customer", "cus_a..b", "--any-id"), "--customer"),
            (("--customer", "user/7", "--any-id"), "--customer"),
            (("--service", "--customer", "pm_1"), "--customer"),
            (("--service", "--account", "cus_1"), "--account"),
            (("--service", "--minutes", "0"), "--minutes"),
            (("--service", "--minutes", "nan"), "--minutes"),
            (("--service", "--minutes", "inf"), "--minutes"),
        ],
    )
    def test_what_would_not_work_is_refused(self, arguments, named):
        made = command("token", *arguments)
        assert (made.returncode, made.stdout) == (2, "")
        assert made.stderr.startswith(f"attache: {named}: ")

    def test_an_id_that_the_account_chose_needs_a_flag(self):
        refused = command("token", "--customer", "user@7.example")
        assert (refused.returncode, refused.stdout) == (2, "")
        assert "add --any-id" in refused.stderr
        made = command("token", "--customer", "user@7.example", "--any-id").stdout.strip()
        claims = jwt.decode(made, options={"verify_signature": False})
        assert claims["stripe_customer_id"] == "user@7.example"

    @pytest.mark.parametrize(
        "variables", [{}, {"PORT": "1"}, {"STRIPE_SECRET_KEY": "sk_live_x"}, {"REDIS_URL": "redis://store"}]
    )
    def test_a_shared_secret_is_all_that_it_needs(self, variables):
        secret = "s" * 40
        made = command("token", "--service", AUTH_SECRET=secret, **variables)
        assert (made.returncode, made.stderr) == (0, "")
        jwt.decode(made.stdout.strip(), secret, algorithms=["HS256"], audience="attache")

    def test_with_a_key_and_no_secret_it_says_what_to_set(self):
        made = command("token", "--service", STRIPE_SECRET_KEY="sk_test_x")
        assert (made.returncode, made.stdout) == (2, "")
        assert made.stderr.startswith("attache: AUTH_SECRET: set it to the server's")

    def test_a_token_without_a_caller_is_not_created(self):
        made = command("token")
        assert made.returncode == 2
        assert "--customer" in made.stderr

    def test_an_issuer_s_can_not_be_made(self):
        made = command("token", "--service", SANDBOX="true", AUTH_ISSUER="https://issuer.example", AUTH_AUDIENCE="x")
        assert made.returncode == 2
        assert "AUTH_SECRET" in made.stderr
