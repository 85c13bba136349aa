import asyncio
import base64
import hmac
import json
import time
from typing import ClassVar

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from quality.harness.tokens import bearer
from serving.auth.issuer_keys import IssuersKeys, fetch_json
from serving.auth.tokens import (
    ANONYMOUS,
    Authenticator,
    Caller,
    CallerKind,
    Forbidden,
    SharedSecret,
    Unauthenticated,
)
from serving.settings.groups.callers import SANDBOX_SECRET
from serving.settings.settings import Settings
from tests.support.issuer import AUDIENCE, Issuer

SECRET = "s" * 40


@pytest.fixture(scope="module")
def shared_issuer():
    issuer = Issuer()
    yield issuer
    issuer.close()


@pytest.fixture
def issuer():
    issuer = Issuer()
    yield issuer
    issuer.close()


def _base64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def signed(**claims):
    """A token that SECRET signs."""
    now = int(time.time())
    return jwt.encode({"iss": "attache", "aud": "attache", "iat": now, "exp": now + 60, **claims}, SECRET)


def settings_for(issuer, **options):
    return Settings(sandbox=True, auth_issuer=issuer.url, auth_audience=AUDIENCE, allow_anonymous=False, **options)


def authenticator_for(issuer, clock=time.monotonic, **options):
    settings = settings_for(issuer, **options)
    return Authenticator(settings, IssuersKeys(fetch_json, issuer=issuer.url, clock=clock))


class TestCallers:
    async def test_a_customer_s_token_names_the_customer(self, shared_issuer):
        token = shared_issuer.sign(stripe_customer_id="cus_1")
        caller = await authenticator_for(shared_issuer).caller(f"Bearer {token}")
        assert caller == Caller(CallerKind.CUSTOMER, "someone", "cus_1")

    @pytest.mark.parametrize(
        "claims",
        [
            {"scope": "openid attache:service email"},
            {"scp": ["attache:service"]},
            {"scp": "attache:service"},
            {"permissions": ["read", "attache:service"]},
            {"scope": "attache:service", "stripe_customer_id": "cus_1"},
        ],
    )
    async def test_a_scope_makes_a_service(self, shared_issuer, claims):
        caller = await authenticator_for(shared_issuer).caller(f"Bearer {shared_issuer.sign(**claims)}")
        assert caller == Caller(CallerKind.SERVICE, "someone")

    async def test_claim_and_scope_are_settings(self, shared_issuer):
        options = {"auth_customer_claim": "https://shop.example/customer", "auth_service_scope": "wallets"}
        authenticator = authenticator_for(shared_issuer, **options)
        token = shared_issuer.sign(**{"https://shop.example/customer": "cus_1"})
        assert (await authenticator.caller(f"Bearer {token}")).customer_id == "cus_1"
        token = shared_issuer.sign(scope="wallets")
        assert (await authenticator.caller(f"Bearer {token}")).kind is CallerKind.SERVICE

    @pytest.mark.parametrize(
        "claims",
        [
            {},
            {"stripe_customer_id": ""},
            {"stripe_customer_id": 5},
            {"stripe_customer_id": ["cus_1"]},
            {"stripe_customer_id": "cus_1/../cus_2"},
            {"stripe_customer_id": "x" * 300},
            {"scope": "attache:services"},
            {"scope": ["x"], "scp": 5, "permissions": [5]},
            {"scope": "openid\u00a0attache:service"},
            {"scope": "openid\tattache:service"},
            {"scope": "attache:service\n"},
            {"scp": "openid\u2003attache:service"},
        ],
    )
    async def test_a_token_without_customer_and_service_scope_is_forbidden(self, shared_issuer, claims):
        with pytest.raises(Forbidden):
            await authenticator_for(shared_issuer).caller(f"Bearer {shared_issuer.sign(**claims)}")

    async def test_without_a_subject_there_is_none(self, shared_issuer):
        token = shared_issuer.sign(sub=None, stripe_customer_id="cus_1")
        assert (await authenticator_for(shared_issuer).caller(f"Bearer {token}")).subject is None

    @pytest.mark.parametrize(
        ("path", "claims", "customer"),
        [
            ("app_metadata.stripe_customer_id", {"app_metadata": {"stripe_customer_id": "cus_1"}}, "cus_1"),
            ("a.b.c", {"a": {"b": {"c": "cus_1"}}}, "cus_1"),
            ("a.b", {"a.b": "cus_1", "a": {"b": "cus_2"}}, "cus_1"),
            ("https://shop.example/customer", {"https://shop.example/customer": "cus_1"}, "cus_1"),
            ("a.b", {"a.b": None, "a": {"b": "cus_2"}}, None),
            ("a.b", {"a": "cus_1"}, None),
            ("a.b", {"a": ["cus_1"]}, None),
            ("a.b", {"b": "cus_1"}, None),
            ("a..b", {"a": {"b": "cus_1"}}, None),
        ],
    )
    async def test_a_claim_may_be_nested(self, path, claims, customer):
        settings = Settings(sandbox=True, auth_secret=SECRET, auth_customer_claim=path)
        call = Authenticator(settings, SharedSecret(SECRET)).caller(f"Bearer {signed(**claims)}")
        if customer is None:
            with pytest.raises(Forbidden):
                await call
        else:
            assert (await call).customer_id == customer

    @pytest.mark.parametrize(
        ("claims", "others", "are_one"),
        [
            ({"sub": "a"}, {"sub": "a", "azp": "x"}, True),
            ({"sub": "a"}, {"sub": "b"}, False),
            ({"azp": "a"}, {"azp": "a", "jti": "2"}, True),
            ({"azp": "a"}, {"azp": "b"}, False),
            ({"sub": "", "client_id": "a"}, {"client_id": "b"}, False),
            ({"cid": "a"}, {"appid": "b"}, False),
            ({"sub": "a"}, {"azp": "a"}, False),
            ({"jti": "1"}, {"jti": "2"}, False),
            ({"jti": "1"}, {"jti": "1"}, True),
        ],
    )
    async def test_services_are_distinguished_by_subject_client_or_token(self, claims, others, are_one):
        authenticator = Authenticator(Settings(sandbox=True, auth_secret=SECRET), SharedSecret(SECRET))
        tokens = [signed(scope="attache:service", **each) for each in (claims, others)]
        identities = {(await authenticator.caller(f"Bearer {token}")).identity for token in tokens}
        assert len(identities) == (1 if are_one else 2)

    @pytest.mark.parametrize("scheme", ["bearer", "BEARER", "Bearer"])
    async def test_the_scheme_s_case_does_not_matter(self, shared_issuer, scheme):
        token = shared_issuer.sign(stripe_customer_id="cus_1")
        assert (await authenticator_for(shared_issuer).caller(f"{scheme} {token}")).customer_id == "cus_1"

    async def test_no_token_is_anonymous_only_where_that_is_allowed(self, shared_issuer):
        with pytest.raises(Unauthenticated) as caught:
            await authenticator_for(shared_issuer).caller(None)
        assert not caught.value.presented
        assert await Authenticator(Settings(), None).caller(None) is ANONYMOUS

    @pytest.mark.parametrize("algorithm", ["RS256", "PS256", "RS512", "ES256", "EdDSA"])
    async def test_every_kind_of_key_is_taken(self, issuer, algorithm):
        issuer.rotate(algorithm)
        token = issuer.sign(stripe_customer_id="cus_1")
        assert (await authenticator_for(issuer).caller(f"Bearer {token}")).customer_id == "cus_1"


class TestCognito:
    """Its access tokens have no aud: client_id says for whom they are, token_use what they are."""

    CLAIMS: ClassVar = {"aud": None, "client_id": "web", "token_use": "access", "stripe_customer_id": "cus_1"}

    @pytest.mark.parametrize("claims", [{}, {"client_id": "jobs"}, {"aud": AUDIENCE}, {"aud": [AUDIENCE, "x"]}])
    async def test_access_tokens_of_listed_clients_are_accepted(self, shared_issuer, claims):
        authenticator = authenticator_for(shared_issuer, auth_client_ids=("web", "jobs"))
        caller = await authenticator.caller(f"Bearer {shared_issuer.sign(**{**self.CLAIMS, **claims})}")
        assert caller.customer_id == "cus_1"

    @pytest.mark.parametrize(
        "claims",
        [
            {"client_id": "other"},
            {"client_id": None},
            {"client_id": ["web"]},
            {"token_use": "id"},
            {"token_use": None},
            {"aud": "web"},
            {"aud": "another-service"},
            {"aud": []},
            {"aud": 5},
        ],
    )
    async def test_no_others_are(self, shared_issuer, claims):
        authenticator = authenticator_for(shared_issuer, auth_client_ids=("web", "jobs"))
        with pytest.raises(Unauthenticated):
            await authenticator.caller(f"Bearer {shared_issuer.sign(**{**self.CLAIMS, **claims})}")

    async def test_without_the_setting_none_are(self, shared_issuer):
        with pytest.raises(Unauthenticated):
            await authenticator_for(shared_issuer).caller(f"Bearer {shared_issuer.sign(**self.CLAIMS)}")


class TestRefusals:
    @pytest.mark.parametrize(
        "claims",
        [
            {"exp": int(time.time()) - 60},
            {"exp": None},
            {"exp": "tomorrow"},
            {"nbf": int(time.time()) + 3600},
            {"iss": "https://elsewhere.example"},
            {"iss": None},
            {"aud": "another-service"},
            {"aud": None},
            {"aud": []},
            {"exp": 10**400},
            {"sub": "\ud800"},
            {"stripe_customer_id": "\udfff"},
            {"nested": [{"name": "\ud800"}]},
            {"\ud800": 1},
        ],
    )
    async def test_claims_that_do_not_hold(self, shared_issuer, claims):
        token = shared_issuer.sign(**{"stripe_customer_id": "cus_1", **claims})
        with pytest.raises(Unauthenticated) as caught:
            await authenticator_for(shared_issuer).caller(f"Bearer {token}")
        assert caught.value.presented

    @pytest.mark.parametrize(
        "authorization",
        [
            "",
            "Bearer",
            "Bearer ",
            "Bearer a.b.c",
            "Bearer " + "x" * 10_000,
            "Basic c2tfdGVzdDo=",
            "Bearer ééé.é.é",
            "Bearer " + ".".join(["eyJhbGciOiJSUzI1NiJ9"] * 3),
            f"Bearer {_base64(b'[' * 4000)}.e30.e30",
            "Bearer " + _base64(b'{"alg": "RS256", "kid": "\\ud800"}') + ".e30.e30",
        ],
    )
    async def test_what_is_no_token(self, shared_issuer, authorization):
        with pytest.raises(Unauthenticated):
            await authenticator_for(shared_issuer).caller(authorization)

    async def test_another_issuer_s_key(self, shared_issuer, issuer):
        token = issuer.sign(stripe_customer_id="cus_1", iss=shared_issuer.url)
        with pytest.raises(Unauthenticated):
            await authenticator_for(shared_issuer).caller(f"Bearer {token}")

    async def test_a_changed_token(self, shared_issuer):
        head, payload, signature = shared_issuer.sign(stripe_customer_id="cus_1").split(".")
        claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
        forged = base64.urlsafe_b64encode(json.dumps({**claims, "stripe_customer_id": "cus_2"}).encode()).rstrip(b"=")
        with pytest.raises(Unauthenticated):
            await authenticator_for(shared_issuer).caller(f"Bearer {head}.{forged.decode()}.{signature}")

    @pytest.mark.parametrize("algorithm", ["none", "HS256"])
    async def test_an_algorithm_that_the_token_chose_itself(self, shared_issuer, algorithm):
        """No signature, and one made with the public key as if it were a secret."""
        now = int(time.time())
        claims = {"iss": shared_issuer.url, "aud": AUDIENCE, "exp": now + 60, "stripe_customer_id": "cus_1"}
        head = {"alg": algorithm, "typ": "JWT", "kid": shared_issuer.newest}
        signed = ".".join(_base64(json.dumps(part).encode()) for part in (head, claims))
        key = shared_issuer._private[shared_issuer.newest][1].public_key()
        pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        signature = hmac.digest(pem, signed.encode(), "sha256") if algorithm == "HS256" else b""
        with pytest.raises(Unauthenticated):
            await authenticator_for(shared_issuer).caller(f"Bearer {signed}.{_base64(signature)}")

    async def test_an_algorithm_that_is_not_on_the_list(self, shared_issuer):
        token = shared_issuer.sign(stripe_customer_id="cus_1")
        with pytest.raises(Unauthenticated):
            await authenticator_for(shared_issuer, auth_algorithms=("ES256",)).caller(f"Bearer {token}")

    async def test_leeway_bridges_clocks(self, shared_issuer):
        token = shared_issuer.sign(stripe_customer_id="cus_1", exp=int(time.time()) - 5)
        assert await authenticator_for(shared_issuer, auth_leeway=30).caller(f"Bearer {token}")
        with pytest.raises(Unauthenticated):
            await authenticator_for(shared_issuer, auth_leeway=0).caller(f"Bearer {token}")

    async def test_a_remembered_token_ends_with_its_time(self, shared_issuer):
        authenticator = authenticator_for(shared_issuer, auth_leeway=0)
        token = shared_issuer.sign(stripe_customer_id="cus_1", exp=int(time.time()) + 2)
        assert await authenticator.caller(f"Bearer {token}")
        await asyncio.sleep(2.1)
        with pytest.raises(Unauthenticated):
            await authenticator.caller(f"Bearer {token}")


class TestSharedSecret:
    async def test_it_signs_for_a_small_set_up(self):
        settings = Settings(auth_secret=SECRET, stripe_secret_key="sk_test_x")
        authenticator = Authenticator(settings, SharedSecret(SECRET))
        header = bearer(settings, customer="cus_1")["Authorization"]
        assert (await authenticator.caller(header)).customer_id == "cus_1"

    async def test_the_sandbox_s_own_secret_opens_nothing_else(self):
        settings = Settings(auth_secret=SECRET, stripe_secret_key="sk_test_x")
        header = bearer(Settings(), customer="cus_1")["Authorization"]
        with pytest.raises(Unauthenticated):
            await Authenticator(settings, SharedSecret(SECRET)).caller(header)
        assert settings.shared_secret != SANDBOX_SECRET
        assert Settings(stripe_secret_key="sk_test_x", allow_anonymous=True).shared_secret is None
